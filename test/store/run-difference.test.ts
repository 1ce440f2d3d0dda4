import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/core/json.ts';
import { runDifference } from '../../src/store/run-difference.ts';

function prompts(...texts: readonly (readonly [name: string, text: string, system?: string])[]): JsonObject {
  return {
    prompts: texts.map(([name, prompt, system]) => ({
      name,
      template: JSON.stringify({ system: system ?? 'column:system', prompt }),
    })),
  };
}

function linesOf(earlier: JsonObject, wanted: JsonObject): readonly string[] {
  return runDifference(earlier, wanted).lines.map(({ text }) => text);
}

describe('how two runs differ', () => {
  it('is empty if they are the same', () => {
    expect(runDifference(prompts(['p1', 'a']), prompts(['p1', 'a']))).toEqual({ keys: [], lines: [] });
  });

  it('is a line diff of each prompt that was edited', () => {
    const [before, now] = [prompts(['p1', 'a\nb'], ['p2', 'same']), prompts(['p1', 'a\nc'], ['p2', 'same'])];
    expect(runDifference(before, now)).toEqual({
      keys: ['prompts'],
      lines: [
        { kind: 'plain', text: 'prompt "p1":' },
        { kind: 'same', text: '    a' },
        { kind: 'removed', text: '  - b' },
        { kind: 'added', text: '  + c' },
      ],
    });
  });

  it('shows a system message common to all prompts once', () => {
    expect(linesOf(prompts(['p1', 'a', 'be kind'], ['p2', 'b', 'be kind']), prompts(['p1', 'a'], ['p2', 'b']))).toEqual(
      ['system message of prompt "p1":', '  - be kind', '  + (the column "system" of the dataset)'],
    );
  });

  it('names prompts that were added, removed or moved', () => {
    expect(linesOf(prompts(['p1', 'a'], ['p2', 'b']), prompts(['p1', 'a'], ['p3', 'b']))).toEqual([
      'prompt "p3": was not in that run',
      'prompt "p2": is not given now',
    ]);
    expect(linesOf(prompts(['p1', 'a'], ['p2', 'b']), prompts(['p2', 'b'], ['p1', 'a']))).toEqual([
      'prompt: was p1, p2, is p2, p1',
    ]);
  });

  it.each<[string, JsonValue, JsonValue, string]>([
    ['models', ['a/b'], ['a/b', 'a/c'], 'model: was a/b, is a/b, a/c'],
    ['temperatures', [null], [0, 0.7], 'temperature: was the default, is 0, 0.7'],
    ['repeat', 1, 3, 'repeat: was 1, is 3'],
    ['params', { max_tokens: 100 }, {}, 'request field max_tokens: was 100, is not set'],
    [
      'endpoints',
      { custom: 'http://a/v1' },
      { custom: 'http://b/v1' },
      'endpoint custom: was http://a/v1, is http://b/v1',
    ],
    ['endpoints', 'simulated', { custom: 'http://b' }, 'endpoint: was simulated, is {"custom":"http://b"}'],
    ['headers', { custom: { 'x-a': '1' } }, null, 'headers of custom: was {"x-a":"1"}, is not set'],
  ])('shows the old and new value of %s', (key, before, now, line) => {
    expect(linesOf({ [key]: before }, { [key]: now })).toEqual([line]);
  });
});
