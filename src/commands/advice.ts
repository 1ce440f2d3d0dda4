import pico from 'picocolors';
import { exitStatusOf, type RunOutcome } from '../app/run/index.ts';
import { isRetryable } from '../core/call-error.ts';
import type { ErrorCount } from '../core/error-tally.ts';
import { oneLine } from '../core/plain-text.ts';
import { remedyLines, renderErrors, renderGates, renderUseless } from '../reporters/index.ts';
import { budgetLine, CORRECT_ADDRESS, resumeCommand, type TypedCommand } from './resume-command.ts';

/** What the advice is based on. */
type EndedRun = Pick<RunOutcome, 'stoppedBecause' | 'stopKind' | 'folder' | 'summary' | 'kept'>;

/** What to do after a run, one line each; empty if nothing is left to do. */
export function adviceAfter(typed: TypedCommand, outcome: EndedRun): readonly string[] {
  const { stoppedBecause, folder, summary } = outcome;
  const errors = [...(summary?.errors ?? []), ...(summary?.judge?.errors ?? [])];
  if (stoppedBecause !== null) return [oneLine(stoppedBecause), resumeLine(typed, outcome, errors)];
  const retry = `retry the errored trials with: ${resumeCommand(typed, folder, '--retry-errored')}`;
  return [...(errors.some(({ code }) => isRetryable(code)) ? [retry] : []), ...remedyLines(errors)];
}

/** Why a run ended with an exit status other than 0, one line each, without colours. */
export function reasonsOf(outcome: RunOutcome): readonly string[] {
  switch (exitStatusOf(outcome)) {
    case 1:
      return renderGates(
        outcome.gates.filter(({ passed }) => !passed),
        pico.createColors(false),
      );
    case 3:
      return outcome.summary === null ? [] : [...renderErrors(outcome.summary), ...renderUseless(outcome.summary)];
    default:
      return [];
  }
}

function resumeLine(typed: TypedCommand, ended: EndedRun, errors: readonly ErrorCount[]): string {
  const { stopKind, folder, summary, kept } = ended;
  const { completed, errored } = summary?.total ?? { completed: kept?.results ?? 0, errored: 0 };
  const isEmpty = completed + errored === 0;
  switch (stopKind) {
    case 'budget':
      return budgetLine(typed, folder, isEmpty);
    case 'endpoint_not_found':
      // The same address would stop the run again, and nothing is there to resume.
      return isEmpty ? CORRECT_ADDRESS : `resume with: ${resumeCommand(typed, folder)}`;
    case 'endpoint_down': {
      const again = errors.some(({ code }) => isRetryable(code)) ? ['--retry-errored'] : [];
      return `resume with: ${resumeCommand(typed, folder, ...again)}`;
    }
    case 'refused':
      // Refused trials are errored; once the cause is fixed they must be retried.
      return `once that is corrected, resume with: ${resumeCommand(typed, folder, '--retry-errored')}`;
    default:
      return `resume with: ${resumeCommand(typed, folder)}`;
  }
}
