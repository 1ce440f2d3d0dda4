import { stat } from 'node:fs/promises';
import { sha256 } from '../../core/digest.ts';
import type { Scorer } from '../../core/scorer.ts';
import { fileDigest } from '../../io/file-digest.ts';
import type { DerivationInputs } from '../../store/derivation.ts';
import type { Journal } from '../../store/journal.ts';
import { RUN_FILES } from '../../store/run-folder.ts';
import type { DatasetConfig, RunConfig } from '../config/run-config.ts';
import type { Derived } from '../scoring/results-maker.ts';
import type { WrittenOutcome } from './outcome.ts';
import type { PlannedRun } from './prepare.ts';
import { requestIdentity, runSettings } from './run-documents.ts';

/** The files of a session and its outcome. */
interface Made {
  readonly derived: Derived;
  readonly outcome: WrittenOutcome;
}

/**
 * What the files of a run were made from, as far as a later session can check it without making them again.
 * @returns null if that session would have something to do or to warn of, or they depend on what no digest covers
 */
export async function derivationInputs(
  { config, scorers, facts, folder }: PlannedRun,
  journal: Journal,
  { derived, outcome }: Made,
): Promise<DerivationInputs | null> {
  const { completed, errored, skipped } = outcome.summary.total;
  // A race decides anew which trials are skipped.
  if (outcome.state !== 'completed' || skipped > 0 || config.race !== null) return null;
  // No digest covers the files that go with messages.
  if (facts.prompts.some(({ attaches }) => attaches === true)) return null;
  // The dataset changed while it was run.
  if (derived.sha256 !== facts.sha256) return null;
  // The journal holds results of rows that the dataset no longer has, or lost some while it was read.
  if (journal.index.asked !== completed + errored || derived.unreadable > 0) return null;
  const settings = settingsDigest(config, scorers, await fileSizes(config.dataset));
  if (settings === null) return null;
  const holds = await fileDigest(folder.file(RUN_FILES.holds));
  return { settings, journal: journal.checksum, holds: holds?.checksum ?? null, warnings: facts.warnings };
}

/**
 * Sizes of a dataset's files in bytes, if it has several: one digest covers the bytes of all, not where a file ends.
 * @throws the file system's error if one is not there
 */
export async function fileSizes({ path, more }: DatasetConfig): Promise<readonly number[]> {
  if (more.length === 0) return [];
  const found = await Promise.all([path, ...more].map((each) => stat(each)));
  return found.map(({ size }) => size);
}

/**
 * Digest of all settings that determine the calls and the files of a run, and of the files by which scorers score.
 * @param scorers those of row assertions may be missing: the dataset has them
 * @param sizes of the dataset's files, as `fileSizes` has them
 * @returns null if a scorer runs the user's own code, which may depend on anything
 */
export function settingsDigest(config: RunConfig, scorers: readonly Scorer[], sizes: readonly number[]): string | null {
  const sources = scorers.map((scorer) => scorer.sources ?? (scorer.sources === null ? null : []));
  if (sources.includes(null)) return null;
  const { dataset, prompts, system, gates, output, judge, race, simulation, prices, currency } = config;
  // Where the rows are does not matter, and their bytes are compared by themselves.
  const { path: _path, more: _more, given: _given, ...reading } = dataset;
  // Addresses of this machine are compared as in the run's identity, without their port.
  const { endpoints: _addresses, ...settings } = runSettings(config);
  const { formats, page, delimiter, bom, decimal } = output;
  const parts = {
    dataset: sizes.length === 0 ? reading : { ...reading, sizes },
    // Where its folder is does not matter.
    prompts: prompts.map(({ folder: _folder, ...prompt }) => prompt),
    system,
    requests: requestIdentity(config),
    settings,
    scoring: { judge, sources: sources.filter((own) => own?.length !== 0) },
    gates,
    output: { formats, page, delimiter, bom, decimal },
    race,
    simulation,
    money: { prices, currency },
  };
  return sha256(JSON.stringify(parts, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));
}
