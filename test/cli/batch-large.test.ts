import { LLMock } from '@copilotkit/aimock';
import { describe, expect } from 'vitest';
import { openAiBatchServer, UNDONE } from '../support/batch-server.ts';
import { fastIt as it } from '../support/in-process.ts';
import { csvResults, questions, sumDecimals } from '../support/results.ts';

const ROWS = 2000;

describe('2,000 rows in batches of which one expires and one fails in part', () => {
  it('are each answered and paid once, at half price to the digit', async ({ desk, onTestFinished }) => {
    const full = { code: 'token_limit_exceeded', message: 'Enqueued token limit reached' };
    const crashed = { status: 500, error: { message: 'The server had an error', type: 'server_error' } };
    // Refused first as one batch, then as two: 4 batches of 500 remain, and what two of them leave open.
    const server = await openAiBatchServer(
      { onTestFinished },
      {
        failure: ({ lines }) => (lines.length > 500 ? full : null),
        fate: ({ customId }, { lines, number }) => {
          const place = lines.findIndex((line) => line.customId === customId);
          if (number === 4 && place >= 200) return UNDONE;
          return number === 5 && place % 10 === 0 ? crashed : 'yes';
        },
      },
    );
    await desk.write('rows.csv', questions(ROWS));
    const address = ['--provider', 'openai', '--base-url', server.url, '--price', 'gpt-test=0.15,0.6'];
    const words = ['run', 'rows.csv', '-m', 'openai/gpt-test', '--batch', '--no-cache', '--out', 'run', ...address];
    await desk.pass(words, { env: { OPENAI_API_KEY: 'batch-key' } });
    const rows = await csvResults(desk, 'run');
    expect(rows.filter(({ status }) => status === 'completed')).toHaveLength(ROWS);
    expect(new Set(rows.map((row) => row['trial_id'])).size).toBe(ROWS);
    expect(server.billed.size).toBe(ROWS);
    expect(new Set(server.billed.values())).toEqual(new Set([1]));
    expect(server.batches.map(({ lines }) => lines.length)).toEqual([2000, 1000, 1000, 500, 500, 500, 500, 350]);
    // 12 and 5 tokens at 0.075 and 0.3 a million.
    expect(rows.map((row) => row['total_cost']).every((cost) => cost === '0.0000024')).toBe(true);
    expect(sumDecimals(rows.map((row) => row['total_cost'] ?? ''))).toBe('0.0048');
  });
});

describe('a run in batches against a third-party server', () => {
  it('is answered', async ({ desk, onTestFinished }) => {
    const server = new LLMock({ port: 0 });
    await server.start();
    onTestFinished(async () => server.stop());
    await desk.write('rows.csv', questions(12));
    const address = ['--provider', 'openai', '--base-url', `${server.url}/v1`, '--no-model-check'];
    const words = ['run', 'rows.csv', '-m', 'openai/gpt-4o', '--batch', '--no-cache', '--out', 'run', ...address];
    await desk.pass(words, { env: { OPENAI_API_KEY: 'any' } });
    const rows = await csvResults(desk, 'run');
    expect(rows.map((row) => row['output'])).toEqual(rows.map(() => 'Mock batch completion'));
    expect(rows).toHaveLength(12);
  });
});
