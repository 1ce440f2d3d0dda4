import { join } from 'node:path';
import { RunFolderError } from '../../core/errors.ts';
import type { Price } from '../../core/price.ts';
import type { Result } from '../../core/result.ts';
import type { Variant } from '../../core/variant.ts';
import { type JournalReader, readJournal } from '../../engine/journal-reader.ts';
import { type Plan, planRows } from '../run/plan-stream.ts';
import { RUN_FILES } from '../run/run-folder.ts';
import { type CountedRows, MOST_LEARNED_ROWS } from './counted-rows.ts';
import { answerOf, nothingSeen, type Seen } from './seen.ts';

/** What a price is asked for. */
export type PriceOf = (variant: Variant) => Price | null;

/** Learns from the plan's own results: rows that are done, by pilots or by an earlier session. */
export async function learnFromOwn(
  plan: Plan,
  journal: JournalReader,
  counted: CountedRows,
  priceOf: PriceOf,
): Promise<Seen> {
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
        if (result !== null) results.push(result);
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

/**
 * Learns from another run, of this dataset or another: a variant from the same prompt, model and temperature, else from
 * the same model.
 * @throws RunFolderError where it holds no completed trial
 */
export async function learnFromRun(folder: string, plan: Plan, priceOf: PriceOf): Promise<Seen> {
  const { variants, repeats } = plan.grid;
  const byVariant = new Map<string, Result[]>();
  let completed = 0;
  for await (const result of readJournal(join(folder, RUN_FILES.journal))) {
    if (result.status !== 'completed') continue;
    completed += 1;
    for (const key of [likeness(result), result.model]) {
      const results = byVariant.get(key) ?? [];
      byVariant.set(key, results);
      if (results.length < MOST_LEARNED_ROWS) results.push(result);
    }
  }
  if (completed === 0) {
    throw new RunFolderError(`--from ${folder}: there is no completed trial to learn from`, {
      hint: 'name the folder of a run that got answers, the one with journal.jsonl in it',
    });
  }
  const seen = nothingSeen(variants);
  for (const [index, variant] of variants.entries()) {
    const { prompt, model, temperature } = variant;
    const same = byVariant.get(likeness({ prompt: prompt.name, model: model.model, temperature }));
    for (const result of same ?? byVariant.get(model.model) ?? []) {
      seen[index]?.add(result, priceOf(variant));
      const answer = answerOf([result], 1, { place: null, row: `${result.rowId} ${result.repeat}` });
      if (answer !== null) seen[index]?.answers.push(timesOf(answer, repeats));
    }
  }
  return seen;
}

function likeness({ prompt, model, temperature }: Pick<Result, 'prompt' | 'model' | 'temperature'>): string {
  return JSON.stringify([prompt, model, temperature]);
}

/** One repeat stands for all of a row's. */
function timesOf<Answer extends { readonly completionTokens: number; readonly cost: bigint | null }>(
  answer: Answer,
  repeats: number,
): Answer {
  const cost = answer.cost === null ? null : answer.cost * BigInt(repeats);
  return { ...answer, completionTokens: answer.completionTokens * repeats, cost };
}
