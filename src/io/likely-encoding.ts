import { TextDecoder } from 'node:util';

/** Bytes that are looked at; more would not make the guess better. */
const SAMPLE_BYTES = 64 * 1024;

/** High bytes from which a text of two bytes a letter is told from any other. */
const MIN_TWO_BYTE = 6;

/** Bytes from which a pattern of zeros is no accident. */
const MIN_UTF16_BYTES = 8;

/** Single-byte encodings of Russian, in which letters stand at different places; files of Windows are the most frequent. */
const CYRILLIC = [
  { encoding: 'windows-1251', weight: 1 },
  { encoding: 'koi8-r', weight: 0.85 },
  { encoding: 'ibm866', weight: 0.85 },
] as const;

/** High bytes from which the frequency of letters is looked at. */
const MIN_LETTERS = 4;

/** The most frequent Russian letters: three quarters of a text. */
const FREQUENT_CYRILLIC = /[оеаинтсрвлкмдп]/gi;
const CYRILLIC_LETTER = /[а-яё]/gi;
/** A capital letter inside a word, or a word of two alphabets, as a wrong decoding has. */
const ODD_WORD = /[а-яё][А-ЯЁ]|[A-Za-z][А-Яа-яЁё]|[А-Яа-яЁё][A-Za-z]/;

/** Encodings of two bytes a letter, each with the letters that make it likely. */
const TWO_BYTES = [
  { encoding: 'shift_jis', letters: /[\u3041-\u30ff]/g },
  { encoding: 'euc-kr', letters: /[\uac00-\ud7a3]/g },
  { encoding: 'gb18030', letters: /[\u4e00-\u9fff]/g },
] as const;

/** Accented letters and the signs that Western European text has. */
const WESTERN = /[àâäáãåæçéèêëíìîïñóòôöõøœúùûüýÿßÀÂÄÁÃÅÆÇÉÈÊËÍÌÎÏÑÓÒÔÖÕØŒÚÙÛÜÝ€£§°«»„“”‘’–—…\u00a0]/g;

/**
 * The encoding, by its WHATWG name, that bytes which are not UTF-8 look like; null if none is likely. A guess for a
 * message, never for decoding.
 */
export function likelyEncoding(bytes: Uint8Array): string | null {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const wide = utf16WithoutMark(sample);
  if (wide !== null) return wide;
  const high = sample.reduce((sum, byte) => (byte < 0x80 ? sum : sum + 1), 0);
  if (high === 0) return null;
  // So few letters tell nothing of their frequency.
  const cyrillic = high < MIN_LETTERS ? CYRILLIC.slice(0, 1) : CYRILLIC;
  const scored = [
    ...cyrillic.map(({ encoding, weight }) => ({ encoding, share: weight * cyrillicShare(sample, encoding, high) })),
    ...TWO_BYTES.map(({ encoding, letters }) => ({
      encoding,
      share: twoByteShare(sample, { encoding, letters, high }),
    })),
    { encoding: 'windows-1252', share: westernShare(sample, high) },
  ];
  const best = scored.reduce((one, other) => (other.share > one.share ? other : one));
  return best.share >= 0.5 ? best.encoding : null;
}

/** Control characters that texts have: tab, line ends, form feed, end of file of DOS, escape. */
const IN_TEXTS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1a, 0x1b]);

/** False for bytes of which more than one in fifty is a control character: of random bytes, every ninth is. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  return sample.reduce((sum, byte) => (isControl(byte) ? sum + 1 : sum), 0) * 50 <= sample.length;
}

function isControl(byte: number): boolean {
  return (byte < 0x20 && !IN_TEXTS.has(byte)) || byte === 0x7f;
}

/** UTF-16 without a byte order mark, by the zero bytes of its spaces, digits and line ends; null for other text. */
export function utf16WithoutMark(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes.length < MIN_UTF16_BYTES) return null;
  const zeros = [0, 0];
  for (let at = bytes.indexOf(0); at >= 0 && at < SAMPLE_BYTES; at = bytes.indexOf(0, at + 1)) {
    zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  }
  const [even = 0, odd = 0] = zeros;
  // A text of letters of another script has a zero byte only at its spaces: one in forty is enough.
  const least = Math.max(2, Math.min(bytes.length, SAMPLE_BYTES) / 40);
  const encoding = odd > even ? 'utf-16le' : 'utf-16be';
  const [more, fewer] = odd > even ? [odd, even] : [even, odd];
  return more >= least && fewer * 10 <= more && isReadable(bytes, encoding) ? encoding : null;
}

/** True if the bytes are text in an encoding: no control characters but white space, no code points without a meaning. */
function isReadable(bytes: Uint8Array, encoding: string): boolean {
  return !/[^\P{C}\t\r\n]/u.test(decoded(bytes.subarray(0, SAMPLE_BYTES), encoding));
}

/** Share of the high bytes that are Russian letters; lower if they are not the frequent ones, as in a wrong decoding. */
function cyrillicShare(bytes: Uint8Array, encoding: string, high: number): number {
  const text = decoded(bytes, encoding);
  const letters = count(text, CYRILLIC_LETTER);
  const frequent = count(text, FREQUENT_CYRILLIC);
  const trust = ODD_WORD.test(text) ? 0.5 : 1;
  return (letters / high) * (0.5 + (0.5 * frequent) / Math.max(1, letters)) * trust;
}

interface TwoByteTest {
  readonly encoding: string;
  readonly letters: RegExp;
  readonly high: number;
}

function twoByteShare(bytes: Uint8Array, { encoding, letters, high }: TwoByteTest): number {
  const text = decoded(bytes, encoding);
  if (high < MIN_TWO_BYTE || text.includes('\uFFFD')) return 0;
  return Math.min(1, (2 * count(text, letters)) / high) * 0.75;
}

/** Accented letters stand alone or in twos among ASCII letters; longer runs are of another script. */
function westernShare(bytes: Uint8Array, high: number): number {
  const text = decoded(bytes, 'windows-1252').replaceAll(/[^\0-\u007f]{3,}/g, '');
  return (0.9 * count(text, WESTERN)) / high;
}

function decoded(bytes: Uint8Array, encoding: string): string {
  const decoder = new TextDecoder(encoding);
  return decoder.decode(bytes, { stream: true });
}

function count(text: string, letters: RegExp): number {
  return text.match(letters)?.length ?? 0;
}
