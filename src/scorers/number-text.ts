/** If an answer marks its result, only that part is read: `\boxed{…}`, else the text after `####`. */
export function resultPart(text: string): string {
  const boxed = lastBoxed(text);
  if (boxed !== null) return boxed;
  const mark = text.lastIndexOf('####');
  if (mark === -1) return text;
  const rest = text.slice(mark + 4);
  const line = rest.trimStart().split('\n', 1)[0] ?? '';
  return /\p{Nd}/u.test(line) ? line : text;
}

const BOXED = /\\f?boxed\s*\{/g;

/** The content of the last `\boxed{…}` of a text, with inner braces matched; null if there is none. */
export function lastBoxed(text: string): string | null {
  if (!text.includes('boxed')) return null;
  let start = -1;
  for (const found of text.matchAll(BOXED)) start = found.index + found[0].length;
  if (start === -1) return null;
  let depth = 1;
  for (let at = start; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === '\\') at += 1;
    else if (sign === '{') depth += 1;
    else if (sign === '}') depth -= 1;
    if (depth === 0) return text.slice(start, at);
  }
  return null;
}

/** A part of a text with its replacement; `null` keeps the match. */
type Rewriting = readonly [pattern: RegExp, by: string | ((...parts: string[]) => string)];

const NUMBER = String.raw`[-\u2212]?\d[\d.,]*`;
const MULTIPLE = String.raw`[-\u2212]?(?:\d[\d.,]*)?\s?(?:\\pi|π)`;
/** A numerator or denominator: in braces, or the single digit that follows. */
const PART = String.raw`(?:\{\s*(${NUMBER}|${MULTIPLE})\s*\}|(\d))`;

const LATEX: readonly Rewriting[] = [
  [/\\(?:text|mathrm|mathbf|operatorname)\s*\{([^{}]*)\}/g, '$1'],
  [/\{,\}/g, ','],
  // Thin spaces between thousands do not separate numbers.
  [/(?<=\d|,)\\[,!;:](?=\d)/g, ''],
  [/\\[,!;: ]/g, ' '],
  [/\\([$%#&_])/g, '$1'],
  [/\\(?:times|cdot)\b/g, '×'],
  [/\^\s*\\circ/g, '°'],
  [
    new RegExp(String.raw`([-\u2212]?)\\[dt]?frac\s*${PART}\s*${PART}`, 'g'),
    (...[, sign = '', above = '', aboveDigit = '', below = '', belowDigit = '']) =>
      ` ${sign}${above === '' ? aboveDigit : above}/${below === '' ? belowDigit : below} `,
  ],
  // The rest of such a fraction is not a comparable number.
  [/\\[dt]?frac\b[^$\n]*/g, ' '],
  [/\\pi\b/g, 'π'],
];

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const POWERS: readonly Rewriting[] = [
  [/10\s*\^\s*\{?\s*([-+\u2212]?\d{1,2})\s*\}?/g, '10^$1'],
  [
    /10([⁻⁺]?)([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})/g,
    (_found, sign = '', digits = '') =>
      `10^${sign === '⁻' ? '-' : ''}${[...digits].map((digit) => SUPERSCRIPTS.indexOf(digit)).join('')}`,
  ],
  [/(\d)\s*[×x*·⋅]\s*10\^([-+\u2212]?)(\d{1,2})(?!\d)/g, '$1e$2$3'],
  [/(?<![\d.,])10\^([-+\u2212]?)(\d{1,2})(?!\d)/g, '1e$1$2'],
];

/** `½` as `1/2`. */
const VULGAR_FRACTIONS: ReadonlyMap<string, string> = new Map(
  '¼ ½ ¾ ⅐ ⅑ ⅒ ⅓ ⅔ ⅕ ⅖ ⅗ ⅘ ⅙ ⅚ ⅛ ⅜ ⅝ ⅞'.split(' ').map((sign) => [sign, sign.normalize('NFKC').replace('\u2044', '/')]),
);
const VULGAR = /(\d?)([\u00bc-\u00be\u2150-\u215e])/gu;

/**
 * A text with its numbers in keyboard characters: LaTeX, powers of ten, fraction characters and digits of other scripts
 * are written out. Linear time; a text without any of these is returned unchanged.
 */
export function plainNumbers(text: string): string {
  let plain = text;
  if (plain.includes('\\')) plain = rewrite(plain, LATEX);
  if (/10\s*[\^⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]/.test(plain)) plain = rewrite(plain, POWERS);
  if (/[\u00bc-\u00be\u2150-\u215e]/.test(plain)) {
    plain = plain.replace(VULGAR, (_found, digit: string, sign: string) => {
      const fraction = VULGAR_FRACTIONS.get(sign) ?? '';
      return digit === '' ? fraction : `${digit} ${fraction}`;
    });
  }
  return /[^\0-\u065f]/.test(plain) ? plain.replace(/(?![0-9])\p{Nd}/gu, digitOf) : plain;
}

function rewrite(text: string, rewritings: readonly Rewriting[]): string {
  let written = text;
  for (const [pattern, by] of rewritings) {
    written = typeof by === 'string' ? written.replace(pattern, by) : written.replace(pattern, by);
  }
  return written;
}

const DIGIT = /^\p{Nd}$/u;

const digits = new Map<string, string>();

/** Decimal digits of a script are encoded in tens, one set after another (Unicode Standard, section 4.6). */
function digitOf(sign: string): string {
  const known = digits.get(sign);
  if (known !== undefined) return known;
  const code = sign.codePointAt(0) ?? 0;
  let first = code;
  while (DIGIT.test(String.fromCodePoint(first - 1))) first -= 1;
  const digit = String((code - first) % 10);
  digits.set(sign, digit);
  return digit;
}

const HAN_DIGITS = '〇一二三四五六七八九';
const HAN_TENS: ReadonlyMap<string, number> = new Map([
  ['十', 10],
  ['百', 100],
  ['千', 1000],
  ['万', 10_000],
  ['萬', 10_000],
]);
const HAN_NUMBER = /[〇一二三四五六七八九十百千万萬]{1,12}/gu;

/** The last number written in Chinese characters; null if there is none. */
export function lastHanNumber(text: string): number | null {
  const last = text.match(HAN_NUMBER)?.at(-1);
  if (last === undefined) return null;
  let [sum, part, digit] = [0, 0, 0];
  for (const sign of last) {
    const ten = HAN_TENS.get(sign);
    if (ten === undefined) digit = digit * 10 + HAN_DIGITS.indexOf(sign);
    else if (ten === 10_000) {
      sum += (part + digit) * ten;
      [part, digit] = [0, 0];
    } else {
      part += (digit === 0 ? 1 : digit) * ten;
      digit = 0;
    }
  }
  return sum + part + digit;
}
