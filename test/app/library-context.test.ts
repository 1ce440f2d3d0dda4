import { describe, expect, it } from 'vitest';
import { wholeContext } from '../../src/app/library-context.ts';
import { estimate, PromptgridError, run } from '../../src/index.ts';

const SETTINGS = { dataset: 'rows.csv', model: ['gpt-4o'], simulate: true };

describe('the context of a program', () => {
  it('has the variables of the process if it has none of its own', () => {
    expect(wholeContext({ env: undefined, onStart: undefined }, { A: 'b' })).toEqual({ env: { A: 'b' } });
    expect(wholeContext({ env: { C: 'd' }, configFolder: null }, { A: 'b' }).env).toEqual({ C: 'd' });
  });

  it.for([
    ['the context must be an object, got null', null, 'signal, env'],
    ['the context must be an object, got a function', () => undefined, 'signal, env'],
    ['unknown key "onresult" in the context', { onresult: () => undefined }, 'did you mean onResult?'],
    ['onResult must be a function, got "log"', { onResult: 'log' }, 'leave out onResult'],
    ['onPause must be a function, got null', { onPause: null }, 'leave out onPause'],
    ['signal must be an AbortSignal, got an AbortController', { signal: new AbortController() }, 'give an AbortSignal'],
    ['env must be an object of variables, got a list', { env: ['A=b'] }, 'give an object of variables'],
    ['env.GPTUNNEL_API_KEY must be a text', { env: { GPTUNNEL_API_KEY: 5 } }, 'leave out GPTUNNEL_API_KEY'],
    ['configFolder must be the path of a folder, or null for none, got true', { configFolder: true }, 'or null'],
    ['stdin must be a readable stream, got "id,prompt"', { stdin: 'id,prompt' }, 'give a readable stream'],
  ] as const)('is refused before anything is read: %s', async ([message, context, hint]) => {
    const [ran, estimated]: readonly unknown[] = await Promise.all([
      Reflect.apply(run, undefined, [SETTINGS, context]).catch((error: unknown) => error),
      Reflect.apply(estimate, undefined, [SETTINGS, {}, context]).catch((error: unknown) => error),
    ]);
    for (const error of [ran, estimated]) {
      expect(error).toBeInstanceOf(PromptgridError);
      expect(error).toMatchObject({ code: 'E_USAGE', message, hint: expect.stringContaining(hint) });
    }
  });
});
