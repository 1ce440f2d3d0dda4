import { OwnRateBooks, type RateBooks } from '../../engine/rate-book.ts';
import type { AccessConfig, PaceConfig, PaceLimits } from '../config/run-config.ts';
import type { RunEnvironment } from '../environment.ts';

/**
 * Opens where the calls of accounts are counted for --rpm and --tpm: together with the other runs of this user on this
 * machine, so that a resumed run knows what the one before it sent, and two at a time keep to one limit.
 * @returns null where the run sets no limit: then nothing is counted
 */
export async function openRateBooks(
  { limits, modelLimits, simulation }: PaceConfig & AccessConfig,
  { stateFolder, clock, events }: RunEnvironment,
): Promise<RateBooks | null> {
  if (![limits, ...Object.values(modelLimits)].some(isLimited)) return null;
  // Nobody else calls the gateway of a simulated run.
  if (stateFolder === null || simulation !== null) return new OwnRateBooks();
  // Loaded only where it is needed: it brings a database along.
  const { openSharedRateBooks } = await import('../../engine/shared-rate-book.ts');
  return openSharedRateBooks({ folder: stateFolder, clock, onWarning: (text) => events.onWarning?.(text) });
}

/** True where there is a limit to keep. */
export function isLimited({ rpm, tpm }: PaceLimits): boolean {
  return rpm !== null || tpm !== null;
}
