import { parse } from 'csv-parse/sync';
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import { formatDecimal, parseDecimal } from '../../src/core/money.ts';
import type { Desk } from './cli.ts';

/** A line of results.csv by column. */
export type CsvRow = Readonly<Record<string, string>>;

/** A CSV dataset of questions, each unlike any other: columns id, prompt and expected. */
export function questions(rows: number): string {
  const lines = Array.from({ length: rows }, (_, index) => `r${index + 1},What is ${index + 1} plus one?,${index + 2}`);
  return `id,prompt,expected\n${lines.join('\n')}\n`;
}

/** The lines of a folder's results.csv. */
export async function csvResults(desk: Desk, folder: string, delimiter = ','): Promise<readonly CsvRow[]> {
  return parse<Record<string, string>>(await desk.read(`${folder}/results.csv`), {
    columns: true,
    delimiter,
    bom: true,
  });
}

/** The lines of a folder's results.jsonl. */
export async function jsonlResults(desk: Desk, folder: string): Promise<readonly JsonObject[]> {
  return jsonLines(await desk.read(`${folder}/results.jsonl`));
}

/** The objects of a JSONL text. */
export function jsonLines(text: string): readonly JsonObject[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(parseObject);
}

/** A JSON text that must be one object. */
export function parseObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) throw new TypeError(`not a JSON object: ${text.slice(0, 200)}`);
  return value;
}

/** A value that must be an object. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  if (!isJsonObject(value)) throw new TypeError(`${key} is no object: ${JSON.stringify(value)}`);
  return value;
}

/** The exact sum of decimal texts. */
export function sumDecimals(texts: readonly string[]): string {
  const amounts = texts.map((text) => {
    const amount = parseDecimal(text);
    if (amount === null) throw new TypeError(`no decimal: "${text}"`);
    return amount;
  });
  return formatDecimal(amounts.reduce((sum, amount) => sum + amount, 0n));
}

/** The lines without what may differ between two runs of the same: times, ids of answers and attempts. */
export function comparable(lines: readonly JsonObject[]): readonly JsonObject[] {
  return lines.map(({ latency_ms: _latency, ttft_ms: _ttft, attempts: _attempts, response_id: _id, ...rest }) => rest);
}
