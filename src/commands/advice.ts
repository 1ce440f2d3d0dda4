import pico from 'picocolors';
import { exitStatusOf, type RunOutcome } from '../app/run/index.ts';
import { isRetryable } from '../core/call-error.ts';
import type { ErrorCount } from '../core/error-tally.ts';
import { oneLine } from '../core/plain-text.ts';
import { remedyLines, renderErrors, renderGates, renderUseless } from '../reporters/index.ts';
import { resumeCommand, type TypedCommand } from './resume-command.ts';

/** What there is to know of a run for that. */
type EndedRun = Pick<RunOutcome, 'stoppedBecause' | 'stopKind' | 'folder' | 'summary'>;

/** What to do after a run, a line each; empty if nothing is left to do. */
export function adviceAfter(typed: TypedCommand, outcome: EndedRun): readonly string[] {
  const { stoppedBecause, folder, summary } = outcome;
  const errors = [...summary.errors, ...(summary.judge?.errors ?? [])];
  if (stoppedBecause !== null) return [oneLine(stoppedBecause), resumeLine(typed, outcome, errors)];
  const retry = `retry the errored trials with: ${resumeCommand(typed, folder, '--retry-errored')}`;
  return [...(errors.some(({ code }) => isRetryable(code)) ? [retry] : []), ...remedyLines(errors)];
}

/** Why a run that ended leaves with another exit status than 0, a line each, without colours. */
export function reasonsOf(outcome: RunOutcome): readonly string[] {
  switch (exitStatusOf(outcome)) {
    case 1:
      return renderGates(
        outcome.gates.filter(({ passed }) => !passed),
        pico.createColors(false),
      );
    case 3:
      return [...renderErrors(outcome.summary), ...renderUseless(outcome.summary)];
    default:
      return [];
  }
}

function resumeLine(typed: TypedCommand, { stopKind, folder }: EndedRun, errors: readonly ErrorCount[]): string {
  switch (stopKind) {
    case 'budget': {
      // What the budget left open comes first: retrying what failed would spend it again.
      const kept = typed.words.filter((word) => word !== '--retry-errored');
      return `resume with a higher --budget: ${resumeCommand({ ...typed, words: kept }, folder)}`;
    }
    case 'endpoint_down': {
      const again = errors.some(({ code }) => isRetryable(code)) ? ['--retry-errored'] : [];
      return `resume with: ${resumeCommand(typed, folder, ...again)}`;
    }
    case 'refused':
      // The trials that were refused are errored; once the cause is mended they have to be tried again.
      return `once that is corrected, resume with: ${resumeCommand(typed, folder, '--retry-errored')}`;
    default:
      return `resume with: ${resumeCommand(typed, folder)}`;
  }
}
