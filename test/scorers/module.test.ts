import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Score, Scorer } from '../../src/core/scorer.ts';
import { closeScorers } from '../../src/scorers/index.ts';
import type { GivenScorer } from '../../src/scorers/spec.ts';
import { completed, row } from '../core/parts.ts';
import { input, makeScorers, scorerOf } from './scoring.ts';

const folder = mkdtempSync(join(tmpdir(), 'promptgrid-module-'));
const scorers: Scorer[] = [];
afterAll(async () => {
  await closeScorers(scorers);
  rmSync(folder, { recursive: true });
});
let count = 0;

/** The path of a module of this text. */
function moduleOf(text: string): string {
  count += 1;
  const path = join(folder, `m${count}.mjs`);
  writeFileSync(path, text);
  return path;
}

/** The scorer of a spec, until the tests are over. */
async function opened(spec: GivenScorer): Promise<Scorer> {
  const scorer = await scorerOf(spec);
  scorers.push(scorer);
  return scorer;
}

async function judged(body: string, options: { readonly timeout?: number } = {}): Promise<Score> {
  const scorer = await opened({ type: 'module', path: moduleOf(`export default ${body};`), ...options });
  return scorer.score(input('Paris', 'Paris'));
}

const LACKING = 'the module gave null (or what JSON lacks, such as NaN)';

describe('module', () => {
  it.each([
    ['a number', '() => 0.25', 0.25],
    ['true', '({ output, expected }) => output === expected', 1],
    ['false', '() => false', 0],
    ['a promise', 'async () => 0.5', 0.5],
    ['an object', '() => ({ value: 0.75, explanation: "nearly" })', 0.75],
    ['an object with a switch', '() => ({ value: true })', 1],
    ['an object with a score and a reason', '() => ({ score: 0.5, reason: "half" })', 0.5],
    ['an object with a pass', '() => ({ pass: true, reason: "fine" })', 1],
    ['an object with a pass and a score', '() => ({ pass: false, score: 0.25 })', 0.25],
    ['a full score of what it calls failed', '() => ({ pass: false, score: 1 })', 0],
    ['a full score with a pass', '() => ({ pass: true, score: 1 })', 1],
    ['a score of promptfoo', '() => ({ pass: true, score: 0.5, reason: "half", componentResults: [] })', 0.5],
    ['a score of autoevals', '() => ({ name: "own", score: 0.5, metadata: { rationale: "half" } })', 0.5],
    ['a score with a loop beside it', '() => { const all = { score: 1 }; all.self = all; return all; }', 1],
    ['a score beside a function', '() => ({ score: 0.5, pass: true, retry: () => 1 })', 0.5],
    ['a pass beside an undefined score', '() => ({ score: undefined, pass: true })', 1],
    ['a score that says what it is as JSON', '() => ({ value: 1n, toJSON: () => ({ value: 0.5 }) })', 0.5],
    ['a thenable', '() => ({ then: (done) => done(1) })', 1],
  ])('accepts %s as a score', async (_what, body, value) => {
    expect((await judged(body)).value).toBe(value);
  });

  it.each([
    ['nothing', '() => undefined', 'the module gave nothing, which is not a score from 0 to 1'],
    ['a number out of range', '() => 1.5', 'the module gave 1.5, which is not a score from 0 to 1'],
    ['NaN', '() => NaN', LACKING],
    ['a text', '() => "good"', 'the module gave a value of type string, which is not a score from 0 to 1'],
    ['a list', '() => [1]', 'the module gave a value of type object, which is not a score from 0 to 1'],
    ['an object without a value', '() => ({ grade: 1 })', 'the module gave nothing, which is not a score from 0 to 1'],
    ['null', '() => null', LACKING],
    ['a value of a type that JSON lacks', '() => ({ value: 1n, pass: true })', LACKING],
    [
      'one in an object with a loop',
      '() => { const all = { value: 1n, pass: true }; return { ...all, all: [all] }; }',
      LACKING,
    ],
    ['a score that is a function', '() => ({ score: () => 1, pass: true })', LACKING],
    ['a score that is a symbol', '() => ({ score: Symbol("1"), pass: true })', LACKING],
    ['null beside a loop', '() => { const all = { value: null, pass: true }; all.self = all; return all; }', LACKING],
    ['null with a reason', '() => ({ value: null, explanation: "too hard" })', 'too hard'],
    ['an error', '() => { throw new Error("no such city\\nat …"); }', 'the module threw: no such city'],
    ['a text thrown', '() => { throw "oops"; }', 'the module threw: oops'],
    [
      'what is no text',
      '() => { throw Object.create(null); }',
      'the module threw: it threw something other than an error',
    ],
    ['a promise that fails', 'async () => { throw new Error("late"); }', 'the module threw: late'],
  ])('returns null with the reason for %s', async (_what, body, explanation) => {
    expect(await judged(body)).toMatchObject({ value: null, explanation });
  });

  it('waits no longer than its timeout', async () => {
    const never = await judged('() => new Promise(() => undefined)', { timeout: 0.05 });
    expect(never).toMatchObject({ value: null, explanation: 'the module took longer than 0.05 s' });
  });

  it.each([
    ['() => ({ pass: false, score: 0, reason: "not Paris" })', 'not Paris'],
    ['() => ({ name: "own", score: 0, metadata: { rationale: "not Paris" } })', 'not Paris'],
    ['() => ({ name: "own", score: null, metadata: { reason: "no answer" } })', 'no answer'],
    ['() => ({ name: "own", score: 0.5, metadata: "x" })', null],
  ])('takes the reason of %s', async (body, reason) => {
    expect((await judged(body)).explanation).toBe(reason);
  });

  it('aborts its signal when the time is over', async () => {
    const body = `({ signal, output }) => {
      if (globalThis.heard) return 1;
      return new Promise(() => signal.addEventListener('abort', () => { globalThis.heard = true; }));
    }`;
    const scorer = await opened({ type: 'module', path: moduleOf(`export default ${body};`), timeout: 0.05 });
    expect((await scorer.score(input('Paris'))).value).toBeNull();
    expect((await scorer.score(input('Paris'))).value).toBe(1);
  });

  it('leaves an answer unjudged whose score cannot be looked at', async () => {
    const hostile = 'new Proxy({}, { has() { throw new Error("no"); } })';
    for (const body of [`() => ${hostile}`, `async () => ({ then: undefined, ...{}, score: ${hostile} })`]) {
      expect((await judged(body)).value).toBeNull();
    }
    const later = `async () => new Proxy({}, { has() { throw new Error("no"); }, get: () => undefined })`;
    expect(await judged(later)).toMatchObject({ value: null });
  });

  it('gives the function everything known about the answer, as copies', async () => {
    const path = moduleOf(`export default (given) => {
      given.row.city = 'changed'; given.completion.usage.promptTokens = 0;
      return { value: 1, explanation: JSON.stringify(given) };
    };`);
    const vars = { city: 'Тверь' };
    const { completion } = completed({
      cost: { prompt: null, completion: null, total: 1_500_000_000_000n, currency: 'RUB', source: 'provider' },
      reasoning: 'Lyon? No.',
    });
    const { explanation } = await (await opened(`module:${path}`)).score(
      input('Paris', null, { row: row(vars, 7), completion, latencyMs: 340, attempts: 2 }),
    );
    expect(JSON.parse(explanation ?? '')).toMatchObject({
      row: { city: 'changed' },
      vars: { city: 'Тверь' },
      rowId: '7',
      output: 'Paris',
      expected: null,
      completion: {
        finishReason: 'stop',
        reasoning: 'Lyon? No.',
        refusal: null,
        cost: { total: '1.5', currency: 'RUB', prompt: null },
      },
      latencyMs: 340,
      attempts: 2,
      cached: false,
    });
    expect([vars.city, completion.usage.promptTokens]).toEqual(['Тверь', 10]);
  });

  it('needs an expected answer only if configured so', async () => {
    const path = moduleOf('export default () => 1;');
    expect((await opened(`module:${path}`)).needsExpected).toBe(false);
    expect((await opened({ type: 'module', path, needsExpected: true })).needsExpected).toBe(true);
  });

  it.each([
    ['a file that is not there', './nowhere.mjs', 'cannot be loaded'],
    ['a module without a default export', moduleOf('export const score = () => 1;'), 'has no function as its default'],
    ['a default export that is no function', moduleOf('export default 1;'), 'has no function as its default'],
    ['a module that fails when it is loaded', moduleOf('throw new Error("broken");'), 'cannot be loaded: broken'],
  ])('rejects %s', async (_what, path, reason) => {
    await expect(makeScorers([`module:${path}`])).rejects.toThrow(reason);
  });
});
