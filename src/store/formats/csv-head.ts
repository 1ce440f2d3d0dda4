import { headText } from './text-head.ts';

/** Line endings and delimiters of CSV files that spreadsheets save. */
const LINE_END = /\r\n|\n|\r/;
const DELIMITERS = ['\t', ';', ','] as const;

/** The names in the header line that begins a CSV file, as far as these first bytes hold it; without their quotes. */
export function headerNames(head: Buffer): readonly string[] {
  const [line = ''] = headText(head).split(LINE_END, 1);
  const [delimiter] = DELIMITERS.toSorted((a, b) => line.split(b).length - line.split(a).length);
  return line.split(delimiter ?? ',').map((name) => name.replace(/^"(.*)"$/, '$1'));
}
