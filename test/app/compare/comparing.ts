import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GivenCompareOptions, givenCompareOptions } from '../../../src/app/compare/given-options.ts';
import { compareStatus, executeCompare } from '../../../src/app/compare/index.ts';
import type { Comparison } from '../../../src/core/comparison.ts';
import type { Gate } from '../../../src/core/gate.ts';
import { renderJunit } from '../../../src/reporters/index.ts';
import { type GivenTrial, resultsJsonl } from './result-file.ts';

/** A comparison, its exit status, and its JUnit report. */
interface Told {
  readonly comparison: Comparison;
  readonly status: number;
  readonly junit: string;
}

/** Compares two result files of these trials. */
export async function compareTrials(
  base: readonly GivenTrial[],
  candidate: readonly GivenTrial[],
  given: GivenCompareOptions = {},
): Promise<Told> {
  const folder = await mkdtemp(join(tmpdir(), 'promptgrid-compare-'));
  try {
    const files = { base: join(folder, 'base.jsonl'), candidate: join(folder, 'candidate.jsonl') };
    await writeFile(files.base, resultsJsonl(base));
    await writeFile(files.candidate, resultsJsonl(candidate));
    const compared = await executeCompare({ ...files, options: givenCompareOptions(given), wantsLines: false });
    const { comparison } = compared;
    const junit = renderJunit(comparison, await compared.suites());
    await compared.close();
    return { comparison, status: compareStatus(comparison), junit };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The gate whose name begins so. */
export function gateOf({ gates }: Comparison, name: string): Gate | undefined {
  return gates.find((gate) => gate.name.startsWith(name));
}
