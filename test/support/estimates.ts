import { isJsonArray, type JsonObject } from '../../src/core/json.ts';
import { parseDecimal } from '../../src/core/money.ts';
import type { CliOptions, Desk } from './cli.ts';
import { objectAt, parseObject } from './results.ts';

/** What `promptgrid estimate … --json` prints; it must end well. */
export async function estimateJson(
  desk: Desk,
  words: readonly string[],
  options: CliOptions = {},
): Promise<JsonObject> {
  return parseObject((await desk.pass(['estimate', ...words, '--json'], options)).stdout);
}

/** The part for one variant, by its place. */
export function variantAt(document: JsonObject, index: number): JsonObject {
  const variants = document['variants'];
  if (!isJsonArray(variants)) throw new TypeError('there are no variants');
  return objectAt({ variant: variants[index] ?? null }, 'variant');
}

/** A range of figures as numbers; fails where an end is not known. */
export function rangeAt(
  document: JsonObject,
  key: string,
): { readonly low: number; readonly expected: number; readonly high: number } {
  const range = objectAt(document, key);
  const figure = (end: string): number => {
    const value = range[end];
    if (typeof value === 'number') return value;
    if (typeof value === 'string' && parseDecimal(value) !== null) return Number(value);
    throw new TypeError(`${key}.${end} is not known: ${JSON.stringify(range)}`);
  };
  return { low: figure('low'), expected: figure('expected'), high: figure('high') };
}

/** A CSV dataset of rows without ids that are all the same. */
export function equalRows(rows: number): string {
  return `prompt\n${'What is one plus one?\n'.repeat(rows)}`;
}
