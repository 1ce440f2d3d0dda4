import { UsageError } from '../core/errors.ts';
import { isJsonArray, isJsonObject } from '../core/json.ts';
import { columnText } from '../core/row.ts';
import { parseWrittenJson } from '../core/written-json.ts';
import {
  defineScorer,
  NOTHING_EXPECTED,
  type ScoreAnswer,
  type ScorerDefinition,
  unscored,
  verdict,
} from './definition.ts';
import { normalisationOptions, normaliser } from './normalise.ts';

interface ListComparison {
  readonly name: string;
  readonly title: string;
  /** Whether an answer passes that has some of the texts and lacks others. */
  readonly passes: (found: number, missing: readonly string[]) => boolean;
}

/** A scorer that looks for several texts in each answer. */
function listScorer({ name, title, passes }: ListComparison): ScorerDefinition {
  return defineScorer({
    name,
    title,
    argument: 'values',
    options: (z) => ({
      values: z
        .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
        .optional()
        .describe('the texts to look for, as a list or separated by commas, instead of the expected answer'),
      ...normalisationOptions(z),
    }),
    withoutOptions: {},
    create({ values, ...given }, { label }) {
      const fold = normaliser(given);
      const texts = typeof values === 'string' ? readGivenList(values, label) : values;
      const fixed = texts === undefined ? null : { texts: texts.map(fold) };
      const score: ScoreAnswer = ({ output, expected }) => {
        const read = fixed ?? (expected === null ? null : readList(expected));
        if (read === null) return NOTHING_EXPECTED;
        if ('fault' in read) return unscored(read.fault);
        const wanted = fixed === null ? read.texts.map(fold) : fixed.texts;
        if (wanted.length === 0) return unscored('the list of texts to look for is empty');
        const text = fold(output);
        const missing = wanted.filter((part) => !text.includes(part));
        return verdict(passes(wanted.length - missing.length, missing), `lacks ${missing.slice(0, 3).join(', ')}`);
      };
      return { needsExpected: fixed === null, expects: 'list', faultOf: listFault, score };
    },
  });
}

/** What is wrong with the list of an expected answer; null if nothing is. */
function listFault(expected: string): string | null {
  const read = readList(expected);
  return 'fault' in read ? read.fault : null;
}

/** A list of texts parsed from one text, or a description of the fault. */
type ListRead = { readonly texts: readonly string[] } | { readonly fault: string };

const OPENING = /\s*"/y;
const QUOTED = /\s*"((?:[^"\\]|""|\\"|\\(?!"))*)"\s*(,|$)/y;
const PLAIN = /([^,]*)(,|$)/y;

/**
 * The texts of a list: a flat JSON array, else comma-separated parts as in CSV (RFC 4180). A part with commas is in
 * double quotes, and a quote in it is doubled or escaped with a backslash. White space around a part is ignored, and
 * empty parts are dropped.
 */
function readList(text: string): ListRead {
  const value = text.trimStart().startsWith('[') ? parseWrittenJson(text) : undefined;
  const isFlat = isJsonArray(value) && !value.some((item) => isJsonArray(item) || isJsonObject(item));
  if (isFlat) return { texts: value.map(columnText).filter((part) => part !== '') };
  const texts: string[] = [];
  for (let at = 0; at < text.length; ) {
    OPENING.lastIndex = at;
    const isQuoted = OPENING.test(text);
    const pattern = isQuoted ? QUOTED : PLAIN;
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) return { fault: quoteFault(text.slice(at).trimStart()) };
    const [matched, part = ''] = found;
    texts.push(isQuoted ? part.replaceAll(/""|\\"/g, '"') : part.trim());
    at += matched.length;
  }
  return { texts: texts.filter((part) => part !== '') };
}

function quoteFault(rest: string): string {
  const shown = rest.length > 40 ? `${rest.slice(0, 40)}…` : rest;
  const isClosed = /^"(?:[^"\\]|""|\\"|\\(?!"))*"/.test(rest);
  return isClosed ? `there is text behind a closing quote: ${shown}` : `a quote is never closed: ${shown}`;
}

/** The same, but a fault ends the command. @param label the list's name in the error. @throws UsageError */
export function readGivenList(text: string, label: string): readonly string[] {
  const read = readList(text);
  if ('texts' in read) return read.texts;
  throw new UsageError(`${label}: ${read.fault}`, {
    hint: 'write a part with commas in double quotes, and a quote in it twice: "hello, world","say ""hi"""',
  });
}

/** 1 if the answer contains every text of a list, exactly. */
export const containsAll = listScorer({
  name: 'contains-all',
  title: 'the answer contains every text of a list, letter for letter',
  passes: (_found, missing) => missing.length === 0,
});

/** 1 if the answer contains at least one text of a list, exactly. */
export const containsAny = listScorer({
  name: 'contains-any',
  title: 'the answer contains at least one text of a list, letter for letter',
  passes: (found) => found > 0,
});
