import { describe, expect, it } from 'vitest';
import type { RunOutcome } from '../../src/app/run/index.ts';
import { adviceAfter } from '../../src/commands/advice.ts';
import type { CallErrorKind } from '../../src/core/call-error.ts';
import { Summarizer } from '../../src/core/summary.ts';
import { completed, errored, variant } from '../core/parts.ts';
import { HOSTILE, obeyedBy } from '../support/terminal.ts';

const WORDS = ['run', 'rows.csv', '-m', 'gpt-4o'];
const RESUME = 'npx promptgrid run rows.csv -m gpt-4o --out results/rows';

interface Ended {
  readonly codes?: readonly CallErrorKind[];
  /** Codes of judge requests. */
  readonly judged?: readonly CallErrorKind[];
  readonly stop?: Pick<RunOutcome, 'stoppedBecause' | 'stopKind'>;
  readonly words?: readonly string[];
  /** False for a run without any result. */
  readonly isAnswered?: boolean;
}

function advice({ codes = [], judged = [], stop, words = WORDS, isAnswered = true }: Ended): readonly string[] {
  const summarizer = new Summarizer([variant()], ['judge']);
  for (const errorCode of codes) summarizer.add(0, errored({ errorCode }), []);
  const asked = judged.map((errorCode) => errored({ errorCode }));
  if (isAnswered) summarizer.add(0, completed(), [{ name: 'judge', value: null, explanation: 'none', asked }]);
  const ended = stop ?? { stoppedBecause: null, stopKind: null };
  return adviceAfter(
    { words, platform: 'linux' },
    { ...ended, folder: 'results/rows', summary: summarizer.summary(), kept: null },
  );
}

describe('what to do after a run', () => {
  it('is to correct what was refused, and to retry the refused trials with the others', () => {
    const stop = { stoppedBecause: 'every variant was refused', stopKind: 'refused' } as const;
    expect(advice({ codes: ['invalid_request'], stop })).toEqual([
      stop.stoppedBecause,
      `once that is corrected, resume with: ${RESUME} --retry-errored`,
    ]);
  });

  it('is nothing if everything was answered', () => {
    expect(advice({})).toEqual([]);
  });

  it.each(['rate_limited', 'overloaded', 'server_error', 'network', 'timeout', 'invalid_response'] as const)(
    'is to retry what errored with %s',
    (code) => {
      expect(advice({ codes: [code] })).toEqual([`retry the errored trials with: ${RESUME} --retry-errored`]);
    },
  );

  it.each([
    ['invalid_request', /change what its reason names/],
    ['model_not_found', /promptgrid models/],
    ['unauthorized', /API key/],
    ['insufficient_balance', /top up/],
    ['endpoint_not_found', /--base-url/],
    ['exceeds_limit', /raise --tpm/],
  ] as const)('is not to retry what errored with %s, but what has to change', (code, remedy) => {
    const told = advice({ codes: [code, code] });
    expect(told).toEqual([expect.stringMatching(`^retrying alone does not help with ${code}: `)]);
    expect(told[0]).toMatch(remedy);
  });

  it('is both if some can be retried and some cannot', () => {
    expect(advice({ codes: ['invalid_request', 'timeout'] })).toEqual([
      `retry the errored trials with: ${RESUME} --retry-errored`,
      expect.stringMatching(/^retrying alone does not help with invalid_request: /),
    ]);
  });

  it('counts judge requests', () => {
    expect(advice({ judged: ['timeout'] })).toEqual([`retry the errored trials with: ${RESUME} --retry-errored`]);
    expect(advice({ judged: ['invalid_request'] })).toEqual([expect.stringMatching(/does not help/)]);
  });

  it('is to resume a stopped run, with the reason first', () => {
    const stop = { stoppedBecause: 'interrupted', stopKind: 'interrupted' } as const;
    expect(advice({ codes: ['timeout'], stop })).toEqual(['interrupted', `resume with: ${RESUME}`]);
  });

  it.each([
    ['two words', ['--budget', '5']],
    ['one word', ['--budget=5']],
  ])(
    'is to resume with a higher budget than the one typed as %s, and to leave errored trials until then',
    (_, budget) => {
      const stop = { stoppedBecause: 'the budget is reached', stopKind: 'budget' } as const;
      expect(advice({ stop, codes: ['timeout'], words: [...WORDS, ...budget, '--retry-errored'] })[1]).toBe(
        `resume with a higher --budget in place of MORE: ${RESUME} --budget MORE`,
      );
    },
  );

  it('is to bound the answers too if the budget paid for no call', () => {
    const stop = { stoppedBecause: 'the budget is too small', stopKind: 'budget' } as const;
    expect(advice({ stop, isAnswered: false })[1]).toMatch(/^give --max-tokens, .* or resume with a higher --budget /);
  });

  it('is to correct the address that answered nothing, without a command that has it', () => {
    const stop = { stoppedBecause: 'no chat API at this address', stopKind: 'endpoint_not_found' } as const;
    expect(advice({ stop, isAnswered: false })[1]).toMatch(/correct the address \(--base-url\), then run/);
    expect(advice({ stop, isAnswered: false }).join()).not.toContain('npx');
    expect(advice({ stop })[1]).toBe(`resume with: ${RESUME}`);
  });

  it('is to resume and retry after an outage, if that can help', () => {
    const stop = { stoppedBecause: 'the endpoint is down', stopKind: 'endpoint_down' } as const;
    expect(advice({ codes: ['network'], stop })[1]).toBe(`resume with: ${RESUME} --retry-errored`);
    expect(advice({ codes: ['invalid_request'], stop })[1]).toBe(`resume with: ${RESUME}`);
  });

  it("never repeats a server's terminal control sequences", () => {
    const stop = { stoppedBecause: `the key was refused: ${HOSTILE}`, stopKind: 'unauthorized' } as const;
    expect(advice({ stop }).flatMap(obeyedBy)).toEqual([]);
  });
});
