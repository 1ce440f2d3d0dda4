import { chooseDelimiter, headerLine, scanRecord } from '../../datasets/csv-scan.ts';

/**
 * The text of a CSV file in which every column has a name. Programs add columns without one: pandas the number of each
 * row, spreadsheets empty columns at the end.
 */
export async function* withNamedColumns(text: AsyncIterable<string>): AsyncGenerator<string> {
  let head: string | null = '';
  for await (const piece of text) {
    if (head === null) {
      yield piece;
      continue;
    }
    head += piece;
    const header = headerLine(head);
    if (header === null) continue;
    yield named(head, header);
    head = null;
  }
  if (head !== null) yield named(head, head);
}

function named(text: string, header: string): string {
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
