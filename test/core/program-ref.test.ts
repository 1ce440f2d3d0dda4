import { describe, expect, it } from 'vitest';
import { parseProgramRef, programModel, programOf, providerLabel } from '../../src/core/program-ref.ts';
import { formatModelRef, readModelRef } from '../../src/core/variant.ts';

describe('a program as a model', () => {
  it.each([
    ['module:./own.mjs', 'module:./own.mjs', './own.mjs', './own.mjs'],
    ['module:./own.mjs#fast', 'module:./own.mjs', './own.mjs#fast', 'fast'],
    ['module:/a/b#c/own.mjs', 'module:/a/b#c/own.mjs', '/a/b#c/own.mjs', '/a/b#c/own.mjs'],
    [
      'exec:python3 ./own.py --fast',
      'exec:python3 ./own.py --fast',
      'python3 ./own.py --fast',
      'python3 ./own.py --fast',
    ],
    ['exec:./own#gpt-4o:2', 'exec:./own', './own#gpt-4o:2', 'gpt-4o:2'],
  ])('%s has a provider, a model and a name', (text, provider, model, name) => {
    const ref = parseProgramRef(text);
    expect(ref).toEqual({ provider, model });
    expect(programModel(model)).toBe(name);
    expect(formatModelRef({ provider, model })).toBe(text);
    expect(readModelRef(text)).toEqual({ provider, model });
  });

  it.each(['gpt-4o', 'openai/gpt-4o', 'module', 'ft:gpt-4o:org', 'modules:./a.mjs', 'llama3:8b'])(
    'is not %s',
    (text) => {
      expect(parseProgramRef(text)).toBeNull();
      expect(programOf(text)).toBeNull();
    },
  );

  it('is called by its kind beside its model, and an API by its name', () => {
    expect(providerLabel('module:./own.mjs')).toBe('module');
    expect(providerLabel('openai')).toBe('openai');
    expect(readModelRef('openrouter/openai/gpt-4o')).toEqual({ provider: 'openrouter', model: 'openai/gpt-4o' });
  });
});
