import type { AnalysedVariant } from '../../core/analysis/analysis.ts';
import type { Words } from '../words/en.ts';
import type { Format } from '../words/format.ts';

/** What texts of the page are made with. */
export interface Speech {
  readonly words: Words;
  readonly format: Format;
}

/** A variant's name in parts: what it is, and at which temperature. */
export interface NameParts {
  readonly model: string;
  /** Empty if all variants have the same temperature. */
  readonly temperature: string;
}

/** Longer names are broken into lines; shorter ones stay on one. */
const LONG = 24;

/** True for a name that is broken into lines where there is no room for it. */
export function isLong(name: string): boolean {
  return name.length > LONG;
}

const BETWEEN = ' · ';

/**
 * A name in about so many characters. The middle of each of its parts goes first: names of a series begin alike, and
 * versions and sizes stand at the end.
 */
export function shortened(name: string, most: number): string {
  if (name.length <= most) return name;
  const parts = name.split(BETWEEN);
  const room = Math.floor((most - BETWEEN.length * (parts.length - 1)) / parts.length);
  return parts.map((part) => withoutMiddle(part, Math.max(LEAST_ROOM, room))).join(BETWEEN);
}

/** Names in about so many characters that differ where the whole names do: those that became equal are whole. */
export function shortenedApart(names: readonly string[], most: number): readonly string[] {
  const short = names.map((name) => shortened(name, most));
  return short.map((text, place) => {
    const own = names[place] ?? '';
    return short.some((other, index) => other === text && names[index] !== own) ? own : text;
  });
}

/** With fewer characters nothing is recognised. */
const LEAST_ROOM = 9;

function withoutMiddle(text: string, most: number): string {
  const characters = [...text];
  if (characters.length <= most) return text;
  const end = Math.floor((most - 1) / 2);
  return `${characters.slice(0, most - 1 - end).join('')}…${characters.slice(-end).join('')}`;
}

/** Splits the names that the analysis gives. @param own the word for a provider's own temperature */
export function nameParts(variants: readonly AnalysedVariant[], format: Format, own: string): readonly NameParts[] {
  const hasSeveral = new Set(variants.map(({ temperature }) => temperature)).size > 1;
  return variants.map(({ name, temperature }) => {
    const at = name.lastIndexOf('t=');
    const isNamed = hasSeveral && at >= 0;
    const model = isNamed ? name.slice(0, at).replace(/ · $/, '') : name;
    return { model, temperature: isNamed ? (temperature === null ? own : format.plain(temperature)) : '' };
  });
}

/** A temperature in the name of a variant, as core writes it. */
const TEMPERATURE = /(^| · | → )t=(\d+(?:\.\d+)?|default)(?![\w.])/g;

/** A text with names of variants as core writes them, such as `gpt-4o · t=0.7`, with the names of the page. */
export function spokenNames({ words, format }: Speech, text: string): string {
  return text.replaceAll(TEMPERATURE, (_all, before: string, value: string) => {
    const lead = before === ' · ' ? ' ' : before;
    return `${lead}${words.at(value === 'default' ? words.ownTemperature : format.plain(Number(value)))}`;
  });
}
