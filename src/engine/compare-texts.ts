import type { Completion } from '../core/completion.ts';
import { cosineSimilarity } from '../core/cosine-similarity.ts';
import { shortDigest } from '../core/digest.ts';
import type { Amount, Picounits } from '../core/money.ts';
import type { CompletedResult, Result } from '../core/result.ts';
import { columnText } from '../core/row.ts';
import { placeOf, type Trial } from '../core/trial.ts';
import { type Cost, UNKNOWN_COST, type Usage } from '../core/usage.ts';
import type { Variant } from '../core/variant.ts';
import { readVector } from '../io/vector-text.ts';

/** How the embeddings of texts are made. */
interface TextComparison {
  /** Makes one embedding, or finds it; null if the run ended before there was a result. */
  readonly embed: (part: Trial) => Promise<Result | null>;
  /** Records what an embedding has cost before the next one is made: no result reports it yet. */
  readonly notePaid: (cost: Picounits) => Promise<void> | undefined;
}

/** One variant for the parts of each: keys of the cache are found by it. */
const embedding = new WeakMap<Variant, Variant>();

/** The trials that make the embeddings of the texts that a trial compares, without blank texts. */
export function embeddingTrials(trial: Trial): readonly Trial[] {
  const variant = embedding.get(trial.variant) ?? { ...trial.variant, task: 'embedding' };
  embedding.set(trial.variant, variant);
  const texts = trial.messages.filter(({ content }) => columnText(content).trim() !== '');
  return texts.map((message) => {
    const messages = [message];
    const messagesJson = JSON.stringify(messages);
    return { ...trial, variant, messages, messagesJson, messagesDigest: shortDigest(messagesJson) };
  });
}

/**
 * Compares the texts of a trial's messages by their embeddings. The output of the result is `{"similarity": …}`, the
 * cosine, or `{"fault": …}` if there is none; vectors are not part of it, so that journals stay small. One embedding
 * is made after the other, so that at most one call of a trial is open at a time.
 */
export async function compareTexts(trial: Trial, { embed, notePaid }: TextComparison): Promise<Result | null> {
  const done: CompletedResult[] = [];
  for (const part of embeddingTrials(trial)) {
    const paid = done.at(-1)?.completion.cost.total ?? 0n;
    if (paid > 0n) await notePaid(paid);
    const result = await embed(part);
    if (result === null) return null;
    if (result.status !== 'completed') return failed(trial, done, result);
    done.push(result);
  }
  return comparison(trial, done);
}

function failed(trial: Trial, done: readonly Result[], last: Exclude<Result, CompletedResult>): Result {
  const attempts = sumOf([...done, last].map((result) => result.attempts));
  return { ...last, ...placeOf(trial), attempts, wasted: wasteOf(spentOn([...done, last])) };
}

function comparison(trial: Trial, done: readonly CompletedResult[]): Result | null {
  const last = done.at(-1);
  if (last === undefined) throw new TypeError('there is no text to compare');
  const made = done.filter(({ cached }) => !cached);
  const saved = amountOf(done.map((result) => result.saved));
  const completion: Completion = {
    id: null,
    output: JSON.stringify(outcome(done)),
    finishReason: null,
    // The tokens of cached texts count like those of cached answers, so that they do not depend on the cache.
    usage: usageOf(done),
    cost: costOf(made.length === 0 ? done : made),
    simulated: done.some(({ completion: { simulated } }) => simulated),
  };
  return {
    ...placeOf(trial),
    status: 'completed',
    latencyMs: sumOf(made.map(({ latencyMs }) => latencyMs ?? 0)),
    attempts: sumOf(made.map(({ attempts }) => attempts)),
    at: last.at,
    completion,
    cached: made.length === 0,
    ...(made.length > 1 ? { answeredCalls: made.length } : {}),
    ...(saved === undefined ? {} : { saved }),
    wasted: wasteOf(done.map(({ wasted }) => wasted)),
  };
}

function outcome(done: readonly CompletedResult[]): { readonly similarity: number } | { readonly fault: string } {
  const [one, other] = done.map(({ completion: { output } }) => readVector(output));
  if (one === undefined || other === undefined) return { fault: 'one of the texts is empty' };
  const similarity = cosineSimilarity(one, other);
  return typeof similarity === 'number' ? { similarity } : similarity;
}

/** The embeddings that were paid for a comparison that failed, and the calls that failed for them. */
function spentOn(results: readonly Result[]): readonly (Amount | undefined)[] {
  return results.flatMap((result) => {
    if (result.status !== 'completed') return [result.wasted];
    const { total, currency } = result.completion.cost;
    return [result.wasted, total === null || currency === null ? undefined : { amount: total, currency }];
  });
}

/** Their sum; undefined if it is nothing. */
function wasteOf(amounts: readonly (Amount | undefined)[]): Amount | undefined {
  const sum = amountOf(amounts);
  return sum?.amount === 0n ? undefined : sum;
}

/** Their sum, in the one currency that an endpoint has; undefined if there are none. */
function amountOf(amounts: readonly (Amount | undefined)[]): Amount | undefined {
  const known = amounts.filter((amount) => amount !== undefined);
  const [first] = known;
  if (first === undefined) return undefined;
  return { amount: known.reduce((sum, { amount }) => sum + amount, 0n), currency: first.currency };
}

function usageOf(results: readonly CompletedResult[]): Usage {
  const usages = results.map(({ completion: { usage } }) => usage);
  const prompts = usages.map(({ promptTokens }) => promptTokens);
  const promptTokens = prompts.includes(null) ? null : sumOf(prompts.map((count) => count ?? 0));
  const completionTokens = promptTokens === null ? null : 0;
  return { promptTokens, completionTokens, totalTokens: promptTokens, cachedPromptTokens: null };
}

function costOf(results: readonly CompletedResult[]): Cost {
  const costs = results.map(({ completion: { cost } }) => cost);
  const [first = UNKNOWN_COST] = costs;
  if (costs.some(({ total }) => total === null)) return { ...UNKNOWN_COST, currency: first.currency };
  return costs.reduce((sum, { prompt, completion, total, currency, source }) => ({
    prompt: added(sum.prompt, prompt),
    completion: added(sum.completion, completion),
    total: added(sum.total, total),
    currency: sum.currency ?? currency,
    source: sum.source === source ? source : 'computed',
  }));
}

function added(one: Picounits | null, other: Picounits | null): Picounits | null {
  return one === null || other === null ? null : one + other;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
