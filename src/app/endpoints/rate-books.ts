import { OwnRateBooks, type RateBooks } from '../../engine/rate-book.ts';
import type { AccessConfig, PaceConfig, PaceLimits } from '../config/run-config.ts';
import type { RunEnvironment } from '../environment.ts';

/**
 * Opens the books that count calls per account for --rpm and --tpm. All runs of this user on this machine share them: a
 * resumed run knows what the previous session sent, and parallel runs keep to one limit.
 * @returns null if the run sets no limit: then nothing is counted
 */
export async function openRateBooks(
  { limits, modelLimits, simulation }: PaceConfig & AccessConfig,
  { stateFolder, clock, events }: RunEnvironment,
): Promise<RateBooks | null> {
  if (![limits, ...modelLimits.map(({ value }) => value)].some(isLimited)) return null;
  // Nothing else calls the gateway of a simulated run.
  if (stateFolder === null || simulation !== null) return new OwnRateBooks();
  // Loaded on demand: it includes a database.
  const { openSharedRateBooks } = await import('../../engine/shared-rate-book.ts');
  return openSharedRateBooks({ folder: stateFolder, clock, onWarning: (text) => events.onWarning?.(text) });
}

/** True if there is a limit to keep. */
export function isLimited({ rpm, tpm }: PaceLimits): boolean {
  return rpm !== null || tpm !== null;
}
