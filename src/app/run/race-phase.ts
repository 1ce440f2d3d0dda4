import type { SkippedResult } from '../../core/result.ts';
import { type BeatenVariant, VariantRace } from '../../core/stats/variant-race.ts';
import { placeOf, type Trial } from '../../core/trial.ts';
import type { Variant } from '../../core/variant.ts';
import { runVariantName, variantNames } from '../../core/variant-name.ts';
import type { Journal } from '../../store/journal.ts';
import { JournalReader } from '../../store/journal-reader.ts';
import { RUN_FILES } from '../../store/run-folder.ts';
import type { RaceConfig } from '../config/run-config.ts';
import type { RunEnvironment } from '../environment.ts';
import { type Plan, planRows } from '../plan/plan-stream.ts';
import { raceScorer } from '../scoring/race-scorer.ts';
import { blockScores } from './block-scores.ts';
import type { Prepared } from './prepare.ts';
import { type RaceBlock, raceBlocks, raceOrder } from './race-order.ts';
import type { StoppedVariant } from './stopped-variant.ts';

/** The parts of a race. */
interface RaceCalls {
  /** Makes the remaining calls of a plan, including judge requests. */
  readonly make: (plan: Plan) => Promise<void>;
}

/**
 * Runs rows in a random order, block by block, and stops variants that another clearly beats. Rows of a cluster run
 * together, and are one piece of evidence. A trial that is left out has a skipped result with the reason.
 * @returns the variants that were stopped
 */
export async function runRace(
  prepared: Prepared,
  race: RaceConfig,
  { journal, environment, make }: RaceCalls & { readonly journal: Journal; readonly environment: RunEnvironment },
): Promise<readonly StoppedVariant[]> {
  const { plan, config, folder, rows } = prepared;
  const { draining } = environment.control;
  const scorer = raceScorer(race, prepared.scorers, plan.grid.variants.length);
  const order = await raceOrder(plan, rows, config.clusterColumn);
  const contest = new VariantRace({ variants: plan.grid.variants.length });
  const reader = await JournalReader.of(folder.file(RUN_FILES.journal), journal.index);
  try {
    for (const block of raceBlocks(order)) {
      if (draining.aborted) break;
      const chosen = { ...plan, chosen: new Set(block.rows) };
      await make({ ...chosen, only: stillRacing(plan, contest) });
      if (draining.aborted) break;
      feed(
        contest,
        { ...block, largest: order.largest },
        await blockScores({ config, scorer, journal: reader }, chosen),
      );
    }
  } finally {
    await reader.close();
  }
  return draining.aborted ? [] : skipRest(plan, contest, { journal, environment });
}

function stillRacing({ grid }: Plan, contest: VariantRace): ReadonlySet<number> {
  return new Set(grid.variants.map(({ index }) => index).filter((index) => !contest.isBeaten(index)));
}

/** Rows are read in dataset order, which may be meaningful, and count in the order in which they were drawn. */
function feed(
  contest: VariantRace,
  { rows, sizes, largest }: RaceBlock & { readonly largest: number },
  scores: readonly (readonly (number | null)[])[],
): void {
  const byOrdinal = new Map(Array.from(rows.toSorted()).map((ordinal, place) => [ordinal, scores[place] ?? []]));
  let from = 0;
  for (const size of sizes) {
    const unit = rows.subarray(from, from + size);
    contest.addCluster(
      [...unit].map((ordinal) => byOrdinal.get(ordinal) ?? []),
      largest,
    );
    from += size;
  }
}

async function skipRest(
  plan: Plan,
  contest: VariantRace,
  { journal, environment }: { readonly journal: Journal; readonly environment: RunEnvironment },
): Promise<readonly StoppedVariant[]> {
  const { variants } = plan.grid;
  const beaten = new Map(contest.beaten.map((one) => [one.variant, one]));
  if (beaten.size === 0) return [];
  const skipped = new Map<number, number>();
  for await (const { trials } of planRows({ ...plan, only: new Set(beaten.keys()) })) {
    for (const trial of trials) {
      const { index } = trial.variant;
      const defeat = beaten.get(index);
      const status = journal.index.get(trial.id)?.status;
      if (status === 'completed' || status === 'errored' || defeat === undefined) continue;
      skipped.set(index, (skipped.get(index) ?? 0) + 1);
      if (status === undefined) {
        await journal.append(skippedResult(trial, reasonOf(defeat, variants), environment.clock.date()));
      }
    }
  }
  return contest.beaten.flatMap(({ variant: index, by, rows, eValue }) => {
    const [variant, beatenBy] = [variants[index], variants[by]];
    if (variant === undefined || beatenBy === undefined) return [];
    return [{ variant, beatenBy, rows, eValue, skipped: skipped.get(index) ?? 0 }];
  });
}

function skippedResult(trial: Trial, reason: string, at: Date): SkippedResult {
  return { ...placeOf(trial), latencyMs: 0, attempts: 0, at: at.toISOString(), status: 'skipped', reason };
}

function reasonOf({ by, rows }: BeatenVariant, variants: readonly Variant[]): string {
  const name = variantNames(variants.map(runVariantName))[by] ?? 'another variant';
  return `not asked: ${name} was clearly better after ${rows} rows`;
}
