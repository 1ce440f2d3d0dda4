import { describe, expect } from 'vitest';
import { isJsonArray, isJsonObject, type JsonObject } from '../../src/core/json.ts';
import { type ChatCall, type ChatServer, chatServer, listOf, type Outcome } from '../support/chat-server.ts';
import type { Desk } from '../support/cli.ts';
import type { Reply } from '../support/http-server.ts';
import { it as deskIt } from '../support/in-process.ts';
import { parseObject } from '../support/results.ts';
import { HOSTILE, obeyedBy } from '../support/terminal.ts';

/** What rows ask for by their first letter: too long, filtered, broken, hostile; all else is answered. */
const REFUSALS: Readonly<Record<string, (text: string) => Reply>> = {
  L: (text) =>
    refusal(
      400,
      `maximum context length is 8192 tokens, you asked for ${text.length * 1000}`,
      'context_length_exceeded',
    ),
  F: (text) => refusal(400, `filtered by the content policy (request id: req_${text.length}x)`, 'content_filter'),
  B: () => refusal(500, 'the model crashed', 'server_error'),
  H: () => refusal(400, HOSTILE, 'invalid_prompt'),
};

function refusal(status: number, message: string, code: string): Reply {
  return { status, body: { error: { message, code } } };
}

function refuseOrAnswer({ content }: ChatCall): Outcome {
  return REFUSALS[content[0] ?? '']?.(content) ?? 'yes';
}

const it = deskIt.extend<{ server: ChatServer }>({
  server: async ({ onTestFinished }, use) => {
    await use(await chatServer({ onTestFinished }, refuseOrAnswer, { list: listOf('m'), completionTokens: 1 }));
  },
});

/** One row per prompt: its first letter determines its outcome. */
async function writeRows(desk: Desk, prompts: readonly string[]): Promise<void> {
  await desk.write('rows.csv', `id,prompt\n${prompts.map((prompt, index) => `r${index + 1},${prompt}\n`).join('')}`);
}

function words({ url }: Pick<ChatServer, 'url'>, ...more: readonly string[]): readonly string[] {
  const endpoint = ['--provider', 'custom', '--base-url', url, '-m', 'm', '--no-cache', '--max-attempts', '1'];
  return ['run', 'rows.csv', ...endpoint, '--out', 'run', ...more];
}

/** This many rows of each of the first letters. */
function letters(counts: Readonly<Record<string, number>>): readonly string[] {
  const all = Object.entries(counts);
  const most = Math.max(...all.map(([, count]) => count));
  return Array.from({ length: most }, (_, round) =>
    all.filter(([, count]) => round < count).map(([letter]) => letter + 'x'.repeat(round)),
  ).flat();
}

const MIXED = letters({ ok: 12, L: 9, F: 4, B: 2 });
const TOLD = [
  '15 trials errored:',
  '  9 × invalid_request: HTTP 400: maximum context length is 8192 tokens, you asked for 1000 (context_length_exceeded)',
  '  4 × invalid_request: HTTP 400: filtered by the content policy (request id: req_1x) (content_filter)',
  '  2 × server_error: HTTP 500: the model crashed (server_error)',
];

describe.concurrent('a run in which trials error', () => {
  it('says how many, with which codes and reasons, on the terminal, in summary.json and with --json', async ({
    desk,
    server,
  }) => {
    await writeRows(desk, MIXED);
    const { status, stdout, stderr } = await desk.run(words(server));
    expect(status).toBe(3);
    const lines = stdout.split('\n');
    const at = lines.indexOf(TOLD[0] ?? '');
    expect(lines.slice(at, at + 4)).toEqual(TOLD);
    expect(lines.findIndex((line) => line.startsWith('───'))).toBeLessThan(at);
    expect(stderr).toMatch(/^retry the errored trials with: npx promptgrid run .* --retry-errored$/m);
    expect(stderr).toMatch(/^retrying alone does not help with invalid_request: /m);

    const summary = parseObject(await desk.read('run/summary.json'));
    expect(summary['errors']).toMatchObject([
      { code: 'invalid_request', count: 9, variants: [{ variant: 0, count: 9 }] },
      { code: 'invalid_request', count: 4, reason: expect.stringContaining('filtered') },
      { code: 'server_error', count: 2, reason: 'HTTP 500: the model crashed (server_error)' },
    ]);
    // Nothing is requested again, and the document says the same.
    const again = parseObject((await desk.run(words(server, '--json'))).stdout);
    expect(again['errors']).toEqual(summary['errors']);
    const trial = exampleOf(summary);
    expect(await desk.read('run/results.jsonl')).toMatch(new RegExp(`"${trial}".*maximum context length`));
  });

  it('has them in its report, in every form, and when it is scored again', async ({ desk, server }) => {
    await writeRows(desk, MIXED);
    await desk.run(words(server, '--score', 'contains:yes'));
    const { errors } = parseObject(await desk.read('run/summary.json'));
    const told = await desk.pass(['report', 'run']);
    expect(told.stdout).toMatch(
      /^Errors\n count +code +variants +a trial +reason *\n─+\n +9 +invalid_request +all +t[0-9a-f]{20} +HTTP 400: maximum/m,
    );
    expect(told.stdout).toMatch(/^· retrying alone does not help with invalid_request: /m);
    const markdown = await desk.pass(['report', 'run', '--format', 'markdown']);
    expect(markdown.stdout).toMatch(
      /^## Errors\n\n\| count \| code .*\n.*\n\| 9 \| invalid\\_request \| all \| t[0-9a-f]{20} \| HTTP 400: maximum/m,
    );
    const document = parseObject((await desk.pass(['report', 'run', '--json'])).stdout);
    expect(document['errors']).toEqual(errors);
    const scored = await desk.pass(['score', 'run', '--score', 'contains:no']);
    expect(scored.stdout).toContain(TOLD.join('\n'));
    expect(parseObject(await desk.read('run/summary.json'))['errors']).toEqual(errors);
  });

  it('shows no table if nothing was answered, and omits advice that cannot help', async ({ desk, server }) => {
    await writeRows(desk, ['L', 'Lx']);
    const { status, stdout, stderr } = await desk.run(words(server));
    expect(status).toBe(3);
    expect(stdout).not.toContain('───');
    expect(stdout).toContain('2 trials errored:\n  2 × invalid_request: HTTP 400: maximum context length');
    expect(stderr).not.toContain('--retry-errored');
  });

  it('shows no table either where the address is no API', async ({ desk, onTestFinished }) => {
    await writeRows(desk, ['ok']);
    const missing = { status: 404, body: { error: 'not found' } };
    const lost = await chatServer({ onTestFinished }, () => missing, { list: listOf('m') });
    const { status, stdout, stderr } = await desk.run(words(lost, '--no-model-check'));
    expect(status).toBe(4);
    expect(stdout).not.toContain('───');
    expect(stderr).toMatch(/404[^]*^no request was answered: correct the address/m);
  });

  it('prints no terminal control sequence of a server', async ({ desk, server }) => {
    await writeRows(desk, ['H', 'ok']);
    const ended = [
      await desk.run(words(server)),
      await desk.run(words(server, '--json')),
      await desk.run(['report', 'run']),
      await desk.run(['report', 'run', '--json']),
      await desk.run(['report', 'run', '--format', 'markdown']),
    ];
    for (const { stdout, stderr } of ended) {
      expect(stdout).toContain('red');
      expect(obeyedBy(stdout + stderr)).toEqual([]);
    }
    // A reason holds no control character, neither as it is nor escaped.
    expect(JSON.stringify(parseObject(ended[1]?.stdout ?? '')['errors'])).not.toMatch(/[\u0080-\u009F]|\\u00[0189]/u);
  });

  it('ends a pilot without answers with the reason, and advises a retry only if it can help', async ({
    desk,
    server,
  }) => {
    await writeRows(desk, ['L', 'Lx', 'Lxx']);
    const [, ...grid] = words(server);
    const refused = await desk.run(['estimate', ...grid, '--pilot', '2']);
    expect(refused.status).toBe(3);
    expect(refused.stderr).toMatch(
      /^error no call of the pilot got an answer.*: 2 × invalid_request: HTTP 400: maximum/m,
    );
    expect(refused.stderr).not.toContain('--retry-errored');
  });
});

/** The example of the most common reason. */
function exampleOf({ errors }: JsonObject): string {
  const [commonest] = errors !== undefined && isJsonArray(errors) ? errors : [];
  return isJsonObject(commonest) && typeof commonest['trialId'] === 'string' ? commonest['trialId'] : 'no example';
}
