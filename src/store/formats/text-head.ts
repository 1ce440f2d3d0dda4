/** UTF-16 without a byte order mark, as text that begins with a brace. */
const BRACE_LE = [0x7b, 0x00];
const BRACE_BE = [0x00, 0x7b];
const MARK_LE = [0xff, 0xfe];
const MARK_BE = [0xfe, 0xff];

/** UTF-16 as Excel's "Unicode text" and PowerShell's `>` write it; null for bytes that do not begin like it. */
export function wideEncoding(head: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const begins = (bytes: readonly number[]): boolean => bytes.every((byte, place) => head[place] === byte);
  if (begins(MARK_LE) || begins(BRACE_LE)) return 'utf-16le';
  return begins(MARK_BE) || begins(BRACE_BE) ? 'utf-16be' : null;
}

/** The text of first bytes, without a byte order mark and empty lines; its last character may be cut. */
export function headText(head: Uint8Array): string {
  return new TextDecoder(wideEncoding(head) ?? 'utf-8').decode(head).replace(/^(?:[^\S\n]*\n)+/, '');
}
