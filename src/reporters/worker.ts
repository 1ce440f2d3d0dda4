import { formatDuration } from '../core/duration-text.ts';
import { formatCount } from './format.ts';

/** What a worker has done. */
interface WorkerFigures {
  /** Calls that it made. */
  readonly calls: number;
  readonly answered: number;
  readonly errored: number;
  /** Calls of workers that are gone, which it reported. */
  readonly abandoned: number;
  /** Its answers that came too late. */
  readonly lost: number;
  readonly durationMs: number;
}

/** What a worker says at its end, on one line. */
export function renderWorker({ calls, answered, errored, abandoned, lost, durationMs }: WorkerFigures): string {
  const made = `calls made: ${formatCount(calls)} in ${formatDuration(durationMs)}`;
  return [
    `${made}, ${formatCount(answered)} answered, ${formatCount(errored)} with an error`,
    ...(abandoned === 0 ? [] : [`calls of workers that are gone: ${formatCount(abandoned)}, reported to their runs`]),
    ...(lost === 0 ? [] : [`answers that came too late: ${formatCount(lost)}, other workers had taken the calls over`]),
  ].join('\n');
}
