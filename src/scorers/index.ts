import type { AskedRequest, Score, Scorer, UnnamedScore } from '../core/scorer.ts';
import { bleu } from './bleu.ts';
import { choice } from './choice.ts';
import { closedQa } from './closed-qa.ts';
import { cost } from './cost.ts';
import { NOTHING_EXPECTED, type ScoreAnswer, type ScorerDefinition, type ScorerTools } from './definition.ts';
import { extract } from './extract.ts';
import { ofPart } from './extraction.ts';
import { f1 } from './f1.ts';
import { factuality } from './factuality.ts';
import { finishReason } from './finish-reason.ts';
import { gEval } from './g-eval.ts';
import { jsonFields } from './json-fields.ts';
import { jsonSchema } from './json-schema.ts';
import { jsonValid } from './json-valid.ts';
import { judge } from './judge.ts';
import { judgePairwise } from './judge-pairwise.ts';
import { latency } from './latency.ts';
import { levenshtein } from './levenshtein.ts';
import { containsAll, containsAny } from './list-scorer.ts';
import { module } from './module.ts';
import { numeric } from './numeric.ts';
import { refusal } from './refusal.ts';
import { regex } from './regex.ts';
import { rougeL } from './rouge-l.ts';
import { rougeN } from './rouge-n.ts';
import { similar } from './similar.ts';
import { type GivenScorer, parseScorer, rowFilter, type ScorerSpec, scoreNames } from './spec.ts';
import { firstPlace } from './template-notice.ts';
import { contains, exact, icontains, iexact, startsWith } from './text-scorer.ts';
import { toolCall } from './tool-call.ts';
import { wordCount } from './word-count.ts';

export { type NamedAssertion, type ReadyAssertion, ReadyAssertions, scoreAssertions } from './assertions.ts';
export type { ScorerTools } from './definition.ts';
export { firstPlace } from './template-notice.ts';

/** Every scorer; a new one is one file and one line here. */
export const scorers: readonly ScorerDefinition[] = [
  exact,
  iexact,
  contains,
  icontains,
  containsAll,
  containsAny,
  startsWith,
  regex,
  extract,
  choice,
  numeric,
  jsonValid,
  jsonSchema,
  jsonFields,
  levenshtein,
  rougeL,
  rougeN,
  bleu,
  f1,
  similar,
  wordCount,
  finishReason,
  refusal,
  latency,
  cost,
  toolCall,
  judge,
  judgePairwise,
  factuality,
  closedQa,
  gEval,
  module,
];

/**
 * Builds the scorers of a run, in order, each with a unique name.
 * @throws UsageError for the first that cannot be used; for an unknown one it suggests the nearest name
 */
export async function createScorers(given: readonly GivenScorer[], tools: ScorerTools): Promise<readonly Scorer[]> {
  const specs = given.map((spec) => parseScorer(spec, scorers));
  const names = scoreNames(specs);
  const making = specs.map((spec, index) => createScorer(spec, names[index] ?? spec.definition.name, tools));
  try {
    return await Promise.all(making);
  } catch (error) {
    const made = await Promise.allSettled(making);
    await closeScorers(made.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
    throw error;
  }
}

/** Ends what scorers have started. */
export async function closeScorers(made: readonly Scorer[]): Promise<void> {
  await Promise.all(made.map(async (scorer) => scorer.close?.()));
}

/** The models that scorers ask for a task, as the user named them; null for a scorer that names none. */
export function namedModels(given: readonly GivenScorer[], task: AskedRequest['task']): readonly (string | null)[] {
  const asking = given
    .map((spec) => parseScorer(spec, scorers))
    .filter(({ definition }) => definition.asksModel === true && definition.task === task);
  return asking.map(({ options: { model } }) => (typeof model === 'string' ? model : null));
}

/** True if one of the scorers is of this kind, turned round or not. @param name as `--score` takes it */
export function hasScorer(given: readonly GivenScorer[], name: string): boolean {
  return given.some((spec) => parseScorer(spec, scorers).definition.name === name);
}

/** A message for each scorer with a `{{ … }}` in one of its texts that is not a template, and so is used verbatim. */
export function templateNotices(given: readonly GivenScorer[]): readonly string[] {
  const plain = given.map((spec) => parseScorer(spec, scorers)).filter(({ definition }) => !definition.asksModel);
  return plain.flatMap(({ label, options, common }) => {
    const texts = [...Object.values(options), common.extract].filter((text) => typeof text === 'string');
    const place = texts.map(firstPlace).find((found) => found !== null);
    return place === undefined ? [] : [`${label}: ${place} is taken as it stands, since only rubrics are templates`];
  });
}

async function createScorer(spec: ScorerSpec, name: string, tools: ScorerTools): Promise<Scorer> {
  const { definition, common, options, label } = spec;
  const {
    needsExpected,
    expects = 'any',
    faultOf = noFault,
    score: scoreAnswer,
    asks = null,
    sources,
    atOnce,
    close,
  } = await definition.create(options, { ...tools, label });
  const whole = expects === 'one' ? byBestOf(scoreAnswer) : scoreAnswer;
  const finish = finisher(name, { ...common, threshold: common.threshold ?? definition.threshold });
  return {
    name,
    needsExpected,
    expects,
    faultOf,
    weight: common.weight ?? null,
    conditionColumn: common.when?.column ?? null,
    appliesTo: rowFilter(spec),
    explains: definition.explains ?? false,
    asks,
    sources,
    atOnce,
    close,
    score: scored(common.extract === undefined ? whole : await ofPart(whole, common.extract, label), finish),
  };
}

function noFault(): null {
  return null;
}

/** If a row has several right answers, the one nearest to the answer counts. */
function byBestOf(scoreAnswer: ScoreAnswer): ScoreAnswer {
  return (input) => {
    const { alternatives } = input;
    if (alternatives === undefined) return scoreAnswer(input);
    const scores = alternatives.map((expected) => scoreAnswer({ ...input, expected }));
    return areMade(scores) ? bestOf(scores) : Promise.all(scores.map(asPromise)).then(bestOf);
  };
}

function asPromise(score: UnnamedScore | Promise<UnnamedScore>): Promise<UnnamedScore> {
  return Promise.resolve(score);
}

function areMade(scores: readonly (UnnamedScore | Promise<UnnamedScore>)[]): scores is readonly UnnamedScore[] {
  return scores.every((score) => !(score instanceof Promise));
}

function bestOf(scores: readonly UnnamedScore[]): UnnamedScore {
  let best: UnnamedScore = NOTHING_EXPECTED;
  for (const score of scores) {
    const isBetter = score.value !== null && (best.value === null || score.value > best.value);
    if (isBetter || best === NOTHING_EXPECTED) best = score;
  }
  return best;
}

function scored(scoreAnswer: ScoreAnswer, finish: (score: UnnamedScore) => Score): Scorer['score'] {
  return (input) => {
    const score = scoreAnswer(input);
    return score instanceof Promise ? score.then(finish) : finish(score);
  };
}

function finisher(name: string, { not = false, threshold }: ScorerSpec['common']): (score: UnnamedScore) => Score {
  return ({ value, explanation, orderEffect, isVoid = false }) => {
    const score = { name, value: not && value !== null && !isVoid ? 1 - value : value, explanation };
    if (threshold === undefined && orderEffect === undefined) return score;
    return { ...score, threshold, orderEffect };
  };
}
