import type { Writable } from 'node:stream';
import { countRepeats, groupByVariant, passesOften } from '../../core/analysis/repeat-table.ts';
import { repeatGateName } from '../../core/repeat-gate.ts';
import type { RunCase } from '../../core/run-case.ts';
import { runVariantName, variantNames } from '../../core/variant-name.ts';
import { inTemporaryFolder } from '../../io/temporary.ts';
import { renderRunCase } from '../../reporters/index.ts';
import { type CaseCounts, junitFrame, SUITE_END, suiteOpening } from '../../reporters/junit-xml.ts';
import { copyChunks } from './output.ts';
import { type ReportedTrial, type ReportSource, reportedRows } from './reported-rows.ts';
import { runCase } from './run-cases.ts';
import { SuiteSpool } from './suite-spool.ts';

interface Suite {
  readonly name: string;
  readonly counts: Record<keyof CaseCounts, number>;
  /** A case of this suite; null if the row has none. */
  readonly caseOf: (row: RowTrials) => RunCase | null;
}

interface RowTrials {
  readonly row: Parameters<typeof runCase>[0];
  /** By index of the variant. */
  readonly trials: ReadonlyMap<number, readonly ReportedTrial[]>;
}

/** Writes a run as JUnit XML: a suite for each variant, and for each variant and gate on repeats, a case a row. */
export async function writeJunit(source: ReportSource, to: Writable | string): Promise<void> {
  const suites = suitesOf(source);
  await inTemporaryFolder(async (folder) => {
    const spool = new SuiteSpool(folder);
    for await (const { row, trials } of reportedRows(source)) {
      const byVariant = groupByVariant(trials, ({ analysed }) => analysed.variant);
      for (const [index, { name, counts, caseOf }] of suites.entries()) {
        const made = caseOf({ row, trials: byVariant });
        if (made === null) continue;
        counts[made.outcome] += 1;
        await spool.add(index, renderRunCase(name, made));
      }
    }
    await copyChunks(chunksOf(suites, spool), to);
  });
}

async function* chunksOf(suites: readonly Suite[], spool: SuiteSpool): AsyncGenerator<string | Uint8Array> {
  const [opening, closing] = junitFrame('promptgrid report');
  yield opening;
  for (const [index, { name, counts }] of suites.entries()) {
    yield suiteOpening(name, counts);
    yield* spool.read(index);
    yield SUITE_END;
  }
  yield closing;
}

function suitesOf({ run, scorers }: ReportSource): readonly Suite[] {
  const { variants, settings } = run;
  const names = variantNames(variants.map(runVariantName));
  const expectedColumn = settings.expectedColumn ?? 'expected';
  const ofVariants = names.map((name, variant) =>
    suite(name, ({ row, trials }) => runCase(row, trials.get(variant) ?? [], expectedColumn)),
  );
  const known = settings.minRepeats.filter(({ scorer }) => scorers.some(({ name }) => name === scorer));
  const ofRepeats = known.flatMap((wanted) =>
    names.map((name, variant) =>
      suite(`${repeatGateName(wanted)} · ${name}`, ({ row, trials }) => {
        const own = (trials.get(variant) ?? []).map(({ analysed }) => analysed);
        const count = countRepeats(own, wanted.scorer);
        if (count === null) return null;
        const { passed, repeats } = count;
        const isPassed = passesOften(count, wanted);
        const message = isPassed ? '' : `passed in ${passed} of ${repeats} repeats`;
        const outcome = isPassed ? 'passed' : 'failed';
        return { rowId: row.id, outcome, message, details: '', passedShare: passed / repeats };
      }),
    ),
  );
  return [...ofVariants, ...ofRepeats];
}

function suite(name: string, caseOf: Suite['caseOf']): Suite {
  return { name, caseOf, counts: { passed: 0, failed: 0, errored: 0, skipped: 0 } };
}
