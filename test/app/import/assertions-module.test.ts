import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { assertionsModule, type CodeAssertion } from '../../../src/app/import/assertions-module.ts';
import { isFunction } from '../../../src/app/import/code.ts';

type Score = (input: object) => Promise<{ readonly value: number; readonly explanation: string | null }>;

const PLAIN = { isNegated: false, threshold: null, weight: 1, transforms: [], config: null };

async function scoreOf(assertions: Readonly<Record<string, CodeAssertion>>, output: string): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'promptgrid-module-'));
  try {
    await writeFile(join(folder, 'own.cjs'), 'module.exports = (output, { vars }) => output === vars.city;');
    await writeFile(
      join(folder, 'named.mjs'),
      'export const longer = (output) => ({ pass: output.length > 9, score: 1, reason: "short" });',
    );
    const path = join(folder, 'assertions.mjs');
    await writeFile(path, assertionsModule(new Map(Object.entries(assertions))));
    const { default: score }: { default: Score } = await import(pathToFileURL(path).href);
    return await score({ output, row: { city: 'Oslo', __code: Object.keys(assertions).join(' ') } });
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('assertions in JavaScript', () => {
  it.for([
    ['an expression', { code: 'output.length > 3' }, 1],
    ['a return', { code: 'return output === "Oslo";' }, 1],
    ['names before it', { code: 'const a = "x;y"; const b = output; b === "Oslo";' }, 1],
    ['several lines', { code: 'const a = output;\nreturn a === context.vars.city;\n' }, 1],
    ['a number above 0', { code: '0.1' }, 1],
    ['0', { code: '0' }, 0],
    ['a number below its threshold', { code: '0.4', threshold: 0.5 }, 0],
    ['an object', { code: '({ pass: false, score: 1, reason: "no" })' }, 0],
    ['a promise', { code: 'Promise.resolve(true)' }, 1],
    ['an error', { code: 'JSON.parse(output).x' }, 0],
    ['an error of one that is negated', { code: 'JSON.parse(output).x', isNegated: true }, 0],
    ['nothing', { code: 'undefined' }, 0],
    ['what is negated', { code: 'output === "Rome"', isNegated: true }, 1],
    ['its config', { code: 'context.config.city === output', config: { city: 'Oslo' } }, 1],
    [
      'what transforms leave',
      { code: 'output === "OSLO!"', transforms: ['output.toUpperCase()', 'return output + "!"'] },
      1,
    ],
    ['the function of a file', { code: { file: './own.cjs', name: null } }, 1],
    ['a named function of a file', { code: { file: './named.mjs', name: 'longer' } }, 0],
  ] as const)('are judged as promptfoo judges them: %s', async ([, given, value]) => {
    expect(await scoreOf({ a1: { ...PLAIN, ...given } }, 'Oslo')).toMatchObject({ value });
  });

  it('count by their weights, and the first that fails is named', async () => {
    const assertions = {
      a1: { ...PLAIN, code: 'true', weight: 3 },
      a2: { ...PLAIN, code: '({pass: false, reason: "no"})' },
    };
    expect(await scoreOf(assertions, 'x')).toEqual({ value: 0.75, explanation: 'a2 does not hold: no' });
  });

  it('are told from what is no code, which is not run', () => {
    expect(isFunction('(output) => { return output.length; }')).toBe(true);
    expect(isFunction('(output) => { return output length; }')).toBe(false);
    expect(isFunction('(output) => { process.exit(1) }')).toBe(true);
  });
});
