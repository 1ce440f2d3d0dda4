import { chooseDelimiter, headerLine, scanRecord } from '../../datasets/csv-scan.ts';
import { withHead } from '../../io/text-head.ts';

/**
 * The text of a CSV file in which every column has a name. Programs add columns without one: pandas the number of each
 * row, spreadsheets empty columns at the end.
 */
export function withNamedColumns(text: AsyncIterable<string>): AsyncIterable<string> {
  return withHead(text, (head) => headerLine(head) !== null, named);
}

function named(text: string): string {
  const header = headerLine(text) ?? text;
  const delimiter = chooseDelimiter(header, null);
  const start = text.indexOf(header);
  const { fieldOffsets, end } = scanRecord(text, delimiter, start);
  const fields = fieldOffsets.map((offset, place) => {
    const next = fieldOffsets[place + 1];
    return text.slice(offset, next === undefined ? end : next - delimiter.length);
  });
  if (!fields.some(isUnnamed) || fields.every(isUnnamed)) return text;
  const names = fields.map((field, place) => (isUnnamed(field) ? `unnamed ${place + 1}` : field));
  return text.slice(0, start) + names.join(delimiter) + text.slice(end);
}

function isUnnamed(field: string): boolean {
  return field.replaceAll('"', '').trim() === '';
}
