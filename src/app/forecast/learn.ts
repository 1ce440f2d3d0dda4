import { join } from 'node:path';
import { RunFolderError } from '../../core/errors.ts';
import type { Grid } from '../../core/plan.ts';
import type { Price } from '../../core/price.ts';
import type { Result } from '../../core/result.ts';
import type { Variant } from '../../core/variant.ts';
import { variantKey } from '../../core/variant-name.ts';
import { JournalReader, readJournal } from '../../store/journal-reader.ts';
import { checkRunVersion } from '../../store/run-file.ts';
import { RUN_FILES } from '../../store/run-folder.ts';
import type { OpenConfig } from '../config/run-config.ts';
import { isOpenStatus } from '../plan/open-trials.ts';
import { type Plan, planRows } from '../plan/plan-stream.ts';
import { type CountedRows, MOST_LEARNED_ROWS } from './counted-rows.ts';
import { answerOf, nothingSeen, type Seen } from './seen.ts';

/** What a price is looked up by. */
export type PriceOf = (variant: Variant) => Price | null;

/** What learning from a journal is for. */
interface Learner {
  readonly plan: Plan;
  readonly counted: CountedRows;
  readonly priceOf: PriceOf;
  /** Which results leave their trial to be run again. */
  readonly config: OpenConfig;
}

/** Learns from the plan's own results: rows completed by pilots or an earlier session. */
export async function learnFromOwn({ plan, counted, priceOf, config }: Learner, journal: JournalReader): Promise<Seen> {
  const { variants, repeats } = plan.grid;
  const seen = nothingSeen(variants);
  if (journal.size === 0) return seen;
  let ordinal = 0;
  let next = 0;
  for await (const { trials } of planRows(plan)) {
    const place = counted.ordinals[next] === ordinal ? next : null;
    if (place !== null) next += 1;
    for (const [index, variant] of variants.entries()) {
      const results: Result[] = [];
      for (const trial of trials.slice(index * repeats, (index + 1) * repeats)) {
        const result = await journal.read(trial.id);
        if (result === null) continue;
        if (isOpenStatus(result.status, config)) seen[index]?.addOpen(result);
        else results.push(result);
      }
      note(seen, index, { results, repeats, place, row: String(ordinal), price: priceOf(variant) });
    }
    ordinal += 1;
  }
  return seen;
}

interface Noted {
  readonly results: readonly Result[];
  readonly repeats: number;
  readonly place: number | null;
  readonly row: string;
  readonly price: Price | null;
}

function note(seen: Seen, index: number, { results, repeats, place, row, price }: Noted): void {
  const variant = seen[index];
  if (variant === undefined) return;
  for (const result of results) variant.add(result, price);
  if (results.length === repeats) {
    variant.doneRows += 1;
    if (place !== null) variant.donePlaces.add(place);
  }
  const answer = answerOf(results, repeats, { place, row });
  if (answer !== null && place !== null && variant.answers.length < MOST_LEARNED_ROWS) variant.answers.push(answer);
}

/** Number of rows of the same trials that suffice on their own. */
const SAME_ROWS_ENOUGH = 2;

/**
 * Learns from another run: from the same trials if it has this dataset and grid, else from the same prompt, model and
 * temperature, else from the same model.
 * @throws RunFolderError if it holds no completed trial, or a later version wrote it
 */
export async function learnFromRun(folder: string, learner: Learner): Promise<Seen> {
  const { plan, priceOf } = learner;
  await checkRunVersion(folder, RUN_FILES.run);
  const path = join(folder, RUN_FILES.journal);
  const alike = await learnFromLike(path, plan.grid, priceOf);
  if (alike === null) {
    throw new RunFolderError(`--from ${folder}: there is no completed trial to learn from`, {
      hint: 'name the folder of a run that got answers, the one with journal.jsonl in it',
    });
  }
  const journal = await JournalReader.open(path);
  try {
    const same = journal === null ? [] : await learnFromOwn(learner, journal);
    return alike.map((variant, index) => {
      const own = same[index];
      return own !== undefined && own.answers.length >= SAME_ROWS_ENOUGH ? own : variant;
    });
  } finally {
    await journal?.close();
  }
}

/** Answers of the same prompt, model and temperature, else of the same model; null if there are none. */
async function learnFromLike(path: string, { variants, repeats }: Grid, priceOf: PriceOf): Promise<Seen | null> {
  const byLikeness = new Map<string, Result[]>();
  for await (const result of readJournal(path)) {
    // A judge request is not an answer to a prompt.
    if (result.status !== 'completed' || result.judgeOf !== undefined) continue;
    for (const key of [variantKey(result), result.model]) {
      const results = byLikeness.get(key) ?? [];
      byLikeness.set(key, results);
      if (results.length < MOST_LEARNED_ROWS) results.push(result);
    }
  }
  if (byLikeness.size === 0) return null;
  const seen = nothingSeen(variants);
  for (const [index, variant] of variants.entries()) {
    const { prompt, model, label, temperature } = variant;
    const same = byLikeness.get(variantKey({ prompt: prompt.name, model: model.model, label, temperature }));
    for (const result of same ?? byLikeness.get(model.model) ?? []) {
      seen[index]?.add(result, priceOf(variant));
      const answer = answerOf([result], 1, { place: null, row: `${result.rowId} ${result.repeat}` });
      if (answer !== null) seen[index]?.answers.push(timesOf(answer, repeats));
    }
  }
  return seen;
}

/** One repeat represents all of a row's. */
function timesOf<Answer extends { readonly completionTokens: number; readonly cost: bigint | null }>(
  answer: Answer,
  repeats: number,
): Answer {
  const cost = answer.cost === null ? null : answer.cost * BigInt(repeats);
  return { ...answer, completionTokens: answer.completionTokens * repeats, cost };
}
