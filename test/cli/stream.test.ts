import { LLMock } from '@copilotkit/aimock';
import { describe, expect } from 'vitest';
import { fastIt as it } from '../support/in-process.ts';
import { comparable, csvResults, questions, sumDecimals } from '../support/results.ts';

const RUN = ['run', 'rows.csv', '--max-attempts', '20'];

describe.concurrent('a run with --stream', () => {
  it('has the answers, tokens and costs of one without, despite faults', async ({ desk }) => {
    const faults = { rate429: 0.1, rateTruncated: 0.1, rateHtml: 0.1 };
    const gateway = await desk.gateway({ faults, retryAfterS: 0, seed: 3 });
    await desk.write('rows.csv', questions(30));
    const words = [...RUN, '-m', 'gpt-4o', '--base-url', gateway.url];
    await desk.pass([...words, '--out', 'plain']);
    const billed = gateway.stats().billed;
    await desk.pass([...words, '--out', 'streamed', '--stream']);
    const rows = await csvResults(desk, 'streamed');
    const plain = await csvResults(desk, 'plain');
    expect(comparable(rows)).toEqual(comparable(plain));
    expect(plain.map((row) => row['ttft_ms'])).toEqual(plain.map(() => ''));
    expect(rows.map((row) => row['ttft_ms'])).toEqual(rows.map(() => expect.stringMatching(/^\d+$/)));
    expect(sumDecimals(rows.map((row) => row['total_cost'] ?? ''))).toBe(billed);
    expect(gateway.stats()).toMatchObject({ served: 60, duplicates: 0 });
  });

  it('is the same run, so that it can be resumed without', async ({ desk }) => {
    await desk.write('rows.csv', questions(3));
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '--out', 'run'];
    await desk.pass([...words, '--stream', '--limit', '2']);
    const before = await desk.read('run/journal.jsonl');
    await desk.pass([...words]);
    expect((await desk.read('run/journal.jsonl')).startsWith(before)).toBe(true);
    expect(await csvResults(desk, 'run')).toHaveLength(3);
  });

  it('reads the streams of a third-party server', async ({ desk, onTestFinished }) => {
    const server = new LLMock({ port: 0 });
    onTestFinished(() => server.stop());
    const usage = { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 };
    server.onMessage(
      /plus one/,
      { content: 'Ёлка, “Paris” and more than one piece of text.', usage },
      { chunkSize: 4 },
    );
    await server.start();
    await desk.write('rows.csv', questions(3));
    const endpoint = ['--provider', 'custom', '--base-url', `${server.url}/v1`, '-m', 'gpt-4o'];
    await desk.pass([...RUN, ...endpoint, '--out', 'run', '--stream', '--no-model-check']);
    const rows = await csvResults(desk, 'run');
    expect(rows.map((row) => row['output'])).toEqual(rows.map(() => 'Ёлка, “Paris” and more than one piece of text.'));
    expect(rows[0]).toMatchObject({
      status: 'completed',
      finish_reason: 'stop',
      prompt_tokens: '11',
      completion_tokens: '3',
    });
    const calls = server.getRequests().filter(({ path }) => path.endsWith('/chat/completions'));
    expect(calls.map(({ body }) => body)).toMatchObject(rows.map(() => ({ stream: true })));
  });
});
