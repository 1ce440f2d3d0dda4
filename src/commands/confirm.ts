import { createInterface } from 'node:readline/promises';
import type { RunConfig } from '../app/config/run-config.ts';
import { InterruptedError } from '../core/errors.ts';
import { costsWithJudges, type Estimate } from '../core/estimate.ts';
import { plainLines } from '../core/plain-text.ts';
import type { CommandContext, CommonFlags } from './context.ts';

/** What may be asked about. */
interface AskedCost {
  readonly estimate: Estimate;
  readonly config: RunConfig;
}

/**
 * Asks on a terminal whether a run may begin whose expected cost, judges among it, or where that is not known the most it can cost, is
 * above `confirmAbove`. Nobody is asked where nobody can answer, or with `--yes`.
 * @throws InterruptedError where the answer is not yes
 */
export async function confirmCost(
  context: CommandContext,
  flags: CommonFlags & { readonly yes?: boolean | undefined },
  { estimate, config }: AskedCost,
): Promise<void> {
  const { confirmAbove, dataset } = config;
  const isAsked = context.stderr.isTTY && dataset.path !== '-' && flags.yes !== true;
  if (confirmAbove === null || !isAsked) return;
  if (
    !costsWithJudges(estimate).some(({ cost }) => (cost.expected ?? cost.ceiling ?? confirmAbove + 1n) > confirmAbove)
  )
    return;
  const { renderEstimateLine, renderJudgesLine } = await import('../reporters/index.ts');
  const terminal = createInterface({ input: context.stdin, output: context.stderr });
  // Ctrl-C and Ctrl-D close it, and the question would wait for ever.
  const closed = new AbortController();
  terminal.once('close', () => closed.abort());
  // A terminal that was closed cannot be read any more.
  terminal.once('error', () => closed.abort());
  try {
    const told = [renderEstimateLine(estimate), ...renderJudgesLine(estimate.judges)];
    const question = `${plainLines(told.join('\n'))}\nbegin? [y/N] `;
    const signal = AbortSignal.any([context.control.draining, closed.signal]);
    const answer = await terminal.question(question, { signal });
    if (!/^\s*(?:y|yes|д|да)\s*$/i.test(answer)) throw new InterruptedError();
  } catch (error) {
    throw error instanceof Error && error.name === 'AbortError' ? new InterruptedError() : error;
  } finally {
    terminal.close();
  }
}
