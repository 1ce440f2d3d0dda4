import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isJsonObject, type JsonValue } from '../../src/core/json.ts';
import type { Reply } from '../../src/core/judge-question.ts';
import type { Scorer, ScorerInput } from '../../src/core/scorer.ts';
import { closeScorers, scorers } from '../../src/scorers/index.ts';
import { OPTION_TYPES } from '../../src/scorers/option-types.ts';
import type { GivenScorer } from '../../src/scorers/spec.ts';
import { completed, row } from '../core/parts.ts';
import { HOSTILE, input, makeScorers, scoreOf, scorerOf } from './scoring.ts';

const folder = mkdtempSync(join(tmpdir(), 'promptgrid-scorers-'));
const MODULE = join(folder, 'length.mjs');
writeFileSync(MODULE, 'export default ({ output }) => Math.min(1, output.length / 10);');
afterAll(() => rmSync(folder, { recursive: true }));

/** Arguments of the scorers that need one. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  regex: 'a+b',
  extract: 'a(b*)',
  'json-schema': 'datasets/extraction.schema.json',
  'word-count': '1-5',
  latency: '100',
  cost: '0.1',
  'judge-pairwise': 'gpt-4o-mini',
  'closed-qa': 'names a city',
  'g-eval': 'is complete',
  module: MODULE,
};

function specOf(name: string): string {
  const argument = ARGUMENTS[name];
  return argument === undefined ? name : `${name}:${argument}`;
}

/** A judge that says whatever it is given to say, and an answer to compare with. */
function judgedBy(verdict: string): Partial<ScorerInput> {
  const ask = (): Promise<Reply> => Promise.resolve({ kind: 'answered', output: verdict, finishReason: 'stop' });
  return { ask, peers: [completed({ output: verdict }, { model: 'gpt-4o-mini' })] };
}

/** Ten times the text may take so many times as long: a search that is quadratic in its length takes a hundred times. */
const MOST_TIMES_A_TENTH = 40;
/** Less is a matter of chance, in microseconds of processor time. */
const LEAST_MICROSECONDS = 10_000;

/** Scores a text against others, each in turn. @returns microseconds of processor time: other work does not count */
async function microsecondsOf(scorer: Scorer, text: string, expected: readonly string[]): Promise<number> {
  const begun = process.cpuUsage();
  for (const other of expected) {
    const { value } = await scorer.score(input(text, other, judgedBy(text)));
    expect(value === null || (value >= 0 && value <= 1)).toBe(true);
  }
  const { user, system } = process.cpuUsage(begun);
  return user + system;
}

describe.each(scorers)('the scorer $name', ({ name, title, argument, options: describeOptions }) => {
  const options = describeOptions(OPTION_TYPES);

  it('describes itself and each of its options', () => {
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(title).not.toBe('');
    expect(argument === null || Object.hasOwn(options, argument)).toBe(true);
    const described: JsonValue = JSON.parse(JSON.stringify(z.toJSONSchema(z.object(options), { io: 'input' })));
    const properties = isJsonObject(described) ? described['properties'] : null;
    for (const option of Object.values(properties ?? {})) expect(option).toHaveProperty('description');
  });

  it('returns null or a value from 0 to 1, and never throws', async () => {
    const scorer = await scorerOf(specOf(name));
    const negated = await scorerOf(`not:${specOf(name)}`);
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.double().map(String));
    const verdicts = fc.oneof(
      texts,
      fc.record({ score: fc.double(), better: fc.integer() }).map((said) => JSON.stringify(said)),
    );
    await fc.assert(
      fc.asyncProperty(texts, fc.option(texts), verdicts, async (output, expected, said) => {
        const { value, explanation } = await scorer.score(input(output, expected, judgedBy(said)));
        expect(value === null || (value >= 0 && value <= 1)).toBe(true);
        const other = await negated.score(input(output, expected, judgedBy(said)));
        // An answer with nothing to compare is wrong, turned round or not.
        const isVoid = explanation !== null && explanation.startsWith('the answer has no ') && other.value === 0;
        expect(other.value).toBe(value === null ? null : isVoid ? 0 : 1 - value);
      }),
    );
  });

  it('returns null, not 0, with a reason if it needs an expected answer and the row has none', async () => {
    const scorer = await scorerOf(specOf(name));
    if (!scorer.needsExpected) return;
    expect(await scorer.score(input('Paris'))).toMatchObject({
      value: null,
      explanation: 'the row has no expected answer',
    });
  });

  it.each(HOSTILE)('scores %s in time that grows with the text', async (_what, text) => {
    const scorer = await scorerOf(specOf(name));
    // To a scorer that needs no expected text, the short one is nothing new.
    const expectedOf = (whole: string) => (scorer.needsExpected ? ['1 {"a": 1}', whole] : [whole]);
    const tenth = text.slice(0, text.length / 10);
    const ofTenth = await microsecondsOf(scorer, tenth, expectedOf(tenth));
    const ofAll = await microsecondsOf(scorer, text, expectedOf(text));
    expect(ofAll / Math.max(ofTenth, LEAST_MICROSECONDS)).toBeLessThan(MOST_TIMES_A_TENTH);
  });

  it('rejects an argument if it takes none, and unknown options', async () => {
    if (argument === null) await expect(makeScorers([`${name}:x`])).rejects.toThrow(`${name} takes no argument`);
    else await expect(makeScorers([`${name}:`])).rejects.toThrow('there is nothing behind the colon');
    await expect(makeScorers([{ type: name, nonsense: 1 }])).rejects.toThrow(`score ${name}: `);
  });
});

describe('a spec of an unknown scorer', () => {
  it('is rejected with the nearest name', async () => {
    await expect(makeScorers(['exect'])).rejects.toThrow(
      expect.objectContaining({
        message: 'unknown scorer "exect"',
        hint: expect.stringMatching(/did you mean exact\?$/),
      }),
    );
    await expect(makeScorers(['exact, contains'])).rejects.toMatchObject({
      hint: 'give each its own flag: --score exact --score contains',
    });
    await expect(makeScorers([''])).rejects.toThrow('unknown scorer ""');
    await expect(makeScorers(['constructor:x'])).rejects.toThrow('unknown scorer "constructor"');
    await expect(makeScorers(['not:exect'])).rejects.toThrow('unknown scorer "exect"');
    await expect(makeScorers(['not'])).rejects.toThrow('unknown scorer "not"');
    await expect(makeScorers([{ type: 'exect' }])).rejects.toThrow('unknown scorer "exect"');
    await expect(makeScorers([{ tolerance: 1 }])).rejects.toThrow('a scorer without a type');
  });
});

async function names(...specs: readonly GivenScorer[]): Promise<readonly string[]> {
  return (await makeScorers(specs)).map(({ name }) => name);
}

describe('names of scores', () => {
  it('are those of the scorers, numbered from the second of a kind on', async () => {
    expect(await names('contains', 'contains:a', 'not:contains:b', 'contains:c', 'exact')).toEqual([
      'contains',
      'contains-2',
      'not-contains',
      'contains-3',
      'exact',
    ]);
  });

  it('are set by the user, and others avoid them', async () => {
    expect(await names('exact', { type: 'numeric', name: 'exact' }, { type: 'numeric', name: 'цена' })).toEqual([
      'exact-2',
      'exact',
      'цена',
    ]);
  });

  it('of a module are those of its file', async () => {
    expect(await names(`module:${MODULE}`)).toEqual(['length']);
  });

  it('are rejected if two are the same, or one is invalid', async () => {
    const twice = names({ type: 'exact', name: 'a' }, { type: 'numeric', name: 'a' });
    await expect(twice).rejects.toThrow('score numeric: another scorer is named "a" too');
    await expect(names({ type: 'exact', name: 'a\nb' })).rejects.toThrow();
  });
});

describe('not:', () => {
  it('inverts a value and does not change null', async () => {
    expect((await scoreOf('not:contains:a', 'abc')).value).toBe(0);
    expect((await scoreOf('not:contains:x', 'abc')).value).toBe(1);
    expect((await scoreOf('not:levenshtein', 'abcd', 'abcx')).value).toBe(0.25);
    expect((await scoreOf('not:contains', 'abc')).value).toBe(null);
    expect((await scoreOf({ type: 'contains', value: 'a', not: true }, 'abc')).value).toBe(0);
    expect((await scoreOf({ type: 'not:contains', value: 'a' }, 'abc')).value).toBe(0);
  });
});

describe('a threshold, a weight and a condition', () => {
  it('are given next to the options', async () => {
    const scorer = await scorerOf({ type: 'levenshtein', threshold: 0.8, weight: 2, name: 'near' });
    expect(scorer).toMatchObject({ name: 'near', weight: 2, conditionColumn: null });
    expect(await scorer.score(input('abcd', 'abcx'))).toMatchObject({ name: 'near', value: 0.75, threshold: 0.8 });
  });

  it.each([
    [{ column: 'lang', equals: 'ru' }, { lang: 'ru' }, true],
    [{ column: 'lang', equals: 'ru' }, { lang: 'en' }, false],
    [{ column: 'lang', equals: ['ru', 'uk'] }, { lang: 'uk' }, true],
    [{ column: 'n', equals: 1 }, { n: '1' }, true],
    [{ column: 'n', equals: '1' }, { n: 1 }, true],
    [{ column: 'isHard', equals: true }, { isHard: true }, true],
    [{ column: 'lang', equals: 'ru' }, {}, false],
    [{ column: 'constructor', equals: 'ru' }, {}, false],
  ])('apply if %j of %j: %s', async (when, vars, applies) => {
    const scorer = await scorerOf({ type: 'exact', when });
    expect(scorer.appliesTo(row(vars))).toBe(applies);
    expect(scorer.conditionColumn).toBe(when.column);
  });
});

describe('a scorer without requests', () => {
  it('returns at once: only what has to wait returns a promise', async () => {
    for (const { name } of scorers) {
      const scorer = await scorerOf(specOf(name));
      const shown: ScorerInput = input('{"a": 1}', '{"a": 1}');
      const score = scorer.score(shown);
      // A module is in another thread.
      expect([name, score instanceof Promise]).toEqual([name, scorer.asks !== null || name === 'module']);
      await score;
      await closeScorers([scorer]);
    }
  });
});
