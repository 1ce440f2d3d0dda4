import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/core/errors.ts';
import { type Gateway, startGateway } from '../../src/gateway/index.ts';
import { loadTokenCounter } from '../../src/pricing/token-counter.ts';
import { readStreamedAnswer } from '../../src/providers/streamed-answer.ts';
import { ask, call, chat, withGateway } from './client.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-answers-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function withAnswers(lines: readonly unknown[], test: (gateway: Gateway) => Promise<void>): Promise<void> {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  await withGateway({ answersFile: await writeAnswers(text) }, test);
}

async function writeAnswers(text: string): Promise<string> {
  const file = join(await mkdtemp(join(folder, 'a-')), 'answers.jsonl');
  await writeFile(file, text);
  return file;
}

interface Choice {
  readonly message: { readonly role: string; readonly content: string | null };
  readonly finish_reason: string;
}

async function choiceOf(gateway: Gateway, body: unknown): Promise<Choice> {
  return JSON.parse((await chat(gateway, body)).text).choices[0];
}

async function contentOf(gateway: Gateway, body: unknown): Promise<string | null> {
  return (await choiceOf(gateway, body)).message.content;
}

describe('scripted answers', () => {
  const any = { prompt: 'q', output: 'any' };
  const ofTemperature = { prompt: 'q', temperature: 0.5, output: 'temperature' };
  const ofModel = { prompt: 'q', model: 'gpt-4o', output: 'model' };
  const ofBoth = { prompt: 'q', model: 'gpt-4o', temperature: 0.5, output: 'both' };

  it.each([
    ['in this order', [any, ofTemperature, ofModel, ofBoth]],
    ['in the opposite order', [ofBoth, ofModel, ofTemperature, any]],
  ])('are chosen by the most specific match, with lines %s', async (_order, lines) => {
    await withAnswers(lines, async (gateway) => {
      expect(await contentOf(gateway, ask('q', { model: 'gpt-4o', temperature: 0.5 }))).toBe('both');
      expect(await contentOf(gateway, ask('q', { model: 'gpt-4o', temperature: 0 }))).toBe('model');
      expect(await contentOf(gateway, ask('q', { model: 'gpt-4o' }))).toBe('model');
      expect(await contentOf(gateway, ask('q', { model: 'gigachat', temperature: 0.5 }))).toBe('temperature');
      expect(await contentOf(gateway, ask('q', { model: 'gigachat' }))).toBe('any');
    });
  });

  it('give the first of two equally specific lines', async () => {
    await withAnswers([ofModel, { ...ofModel, output: 'second' }], async (gateway) => {
      expect(await contentOf(gateway, ask('q', { model: 'gpt-4o' }))).toBe('model');
    });
  });

  it('match the whole text of the last user message and nothing else', async () => {
    await withAnswers([any], async (gateway) => {
      const messages = [
        { role: 'user', content: 'earlier' },
        { role: 'assistant', content: 'reply' },
        { role: 'user', content: [{ type: 'text', text: 'q' }] },
        { role: 'system', content: 'Be brief.' },
      ];
      expect(await contentOf(gateway, ask('', { messages }))).toBe('any');
      for (const prompt of ['q ', 'Q', 'a q', '']) {
        expect(await contentOf(gateway, ask(prompt))).toMatch(/^Simulated answer/);
      }
    });
  });

  it('bill the tokens that the line gives, else those of the texts', async () => {
    const lines = [
      { prompt: 'both', output: 'ok', usage: { prompt_tokens: 7, completion_tokens: 3 } },
      { prompt: 'one', output: 'four words are here', usage: { prompt_tokens: 0 } },
    ];
    await withAnswers(lines, async (gateway) => {
      const both = JSON.parse((await chat(gateway, ask('both'))).text).usage;
      expect(both).toMatchObject({ prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 });
      const one = JSON.parse((await chat(gateway, ask('one'))).text).usage;
      const counted = (await loadTokenCounter('gpt-4o-mini')).countText('four words are here');
      expect(one).toMatchObject({ prompt_tokens: 0, completion_tokens: counted });
    });
  });

  it('can call functions and tools', async () => {
    const functionCall = { name: 'add', arguments: '{"a":1}' };
    const toolCalls = [{ id: 'c1', type: 'function', function: functionCall }];
    const lines = [
      { prompt: 'f', function_call: functionCall },
      { prompt: 't', output: 'Adding.', tool_calls: toolCalls },
      { prompt: 'x', output: 'cut', finish_reason: 'content_filter' },
    ];
    await withAnswers(lines, async (gateway) => {
      expect(await choiceOf(gateway, ask('f'))).toEqual({
        index: 0,
        message: { role: 'assistant', content: null, function_call: functionCall },
        finish_reason: 'function_call',
      });
      expect(await choiceOf(gateway, ask('t'))).toEqual({
        index: 0,
        message: { role: 'assistant', content: 'Adding.', tool_calls: toolCalls },
        finish_reason: 'tool_calls',
      });
      expect((await choiceOf(gateway, ask('x'))).finish_reason).toBe('content_filter');
      const { body } = readStreamedAnswer((await chat(gateway, ask('t', { stream: true }))).text);
      expect(body['choices']).toEqual([
        {
          index: 0,
          message: { role: 'assistant', content: 'Adding.', tool_calls: [{ index: 0, ...toolCalls[0] }] },
          finish_reason: 'tool_calls',
        },
      ]);
    });
  });

  it('are truncated at max_tokens like any other', async () => {
    await withAnswers([{ prompt: 'q', output: 'one two three four five six' }], async (gateway) => {
      const choice = await choiceOf(gateway, ask('q', { max_tokens: 3 }));
      expect(choice).toMatchObject({ message: { content: 'one two three' }, finish_reason: 'length' });
      expect(await choiceOf(gateway, ask('q', { max_tokens: 6 }))).toMatchObject({ finish_reason: 'stop' });
    });
  });

  it('add models that the price list lacks, at a fixed price', async () => {
    await withAnswers([{ prompt: 'q', model: 'recorded-7b', output: 'ok' }], async (gateway) => {
      const { data } = JSON.parse((await call(gateway, 'GET', '/v1/models')).text);
      expect(data).toContainEqual(
        expect.objectContaining({ id: 'recorded-7b', cost_context: '0.10', cost_completion: '0.40' }),
      );
      expect(await contentOf(gateway, ask('q', { model: 'recorded-7b' }))).toBe('ok');
    });
  });
});

describe('a file of answers', () => {
  it('may have a byte order mark, CRLF, empty lines, no last newline and U+2028 in a text', async () => {
    const lines = ['\uFEFF{"prompt":"a","output":"1"}\r', '', '{"prompt":"b\u2028c","output":"2"}\r'];
    await withAnswers(lines, async (gateway) => {
      expect(await contentOf(gateway, ask('a'))).toBe('1');
      expect(await contentOf(gateway, ask('b\u2028c'))).toBe('2');
    });
  });

  it('may be longer than the read buffer', async () => {
    const lines = Array.from({ length: 5276 }, (_, index) => ({ prompt: `q${index}`, output: 'я'.repeat(500) }));
    await withAnswers([...lines, { prompt: 'last', output: 'end' }], async (gateway) => {
      expect(await contentOf(gateway, ask('q5275'))).toBe('я'.repeat(500));
      expect(await contentOf(gateway, ask('last'))).toBe('end');
    });
  });

  it.each([
    ['is not JSON', '{"prompt":'],
    ['is not a JSON object', '["q","a"]'],
    ['prompt is missing', '{"output":"a"}'],
    ['output is missing', '{"prompt":"q"}'],
    ['prompt cannot be 5', '{"prompt":5,"output":"a"}'],
    ['temperature cannot be "0"', '{"prompt":"q","output":"a","temperature":"0"}'],
    ['the line is nested more than 500 levels', `{"prompt":"q","output":${'['.repeat(5000)}${']'.repeat(5000)}}`],
    ['tool_calls cannot be []', '{"prompt":"q","tool_calls":[]}'],
    ['prompt_tokens cannot be -1', '{"prompt":"q","output":"a","usage":{"prompt_tokens":-1}}'],
  ])('fails the start with its place if a line %s', async (what, line) => {
    const answersFile = await writeAnswers(`{"prompt":"q","output":"a"}\n\n${line}\n`);
    const error: unknown = await startGateway({ answersFile }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toContain(`${answersFile}:3: `);
    expect(String(error)).toContain(what);
  });

  it('fails the start if it cannot be read', async () => {
    const answersFile = join(folder, 'gone.jsonl');
    await expect(startGateway({ answersFile })).rejects.toThrow(ConfigError);
    await expect(startGateway({ answersFile })).rejects.toThrow(answersFile);
  });

  it('is not read if the start is cancelled', async () => {
    const answersFile = await writeAnswers('{"prompt":"q","output":"a"}\n');
    const reason = new Error('cancelled');
    await expect(startGateway({ answersFile }, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
