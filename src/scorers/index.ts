import type { Judgement, Score, Scorer } from '../core/scorer.ts';
import { bleu } from './bleu.ts';
import { contains } from './contains.ts';
import { containsAll } from './contains-all.ts';
import { containsAny } from './contains-any.ts';
import { cost } from './cost.ts';
import type { Judge, ScorerDefinition } from './definition.ts';
import { exact } from './exact.ts';
import { finishReason } from './finish-reason.ts';
import { icontains } from './icontains.ts';
import { iexact } from './iexact.ts';
import { jsonFields } from './json-fields.ts';
import { jsonSchema } from './json-schema.ts';
import { jsonValid } from './json-valid.ts';
import { latency } from './latency.ts';
import { levenshtein } from './levenshtein.ts';
import { module } from './module.ts';
import { numeric } from './numeric.ts';
import { refusal } from './refusal.ts';
import { regex } from './regex.ts';
import { rougeL } from './rouge-l.ts';
import { rougeN } from './rouge-n.ts';
import { type GivenScorer, parseScorer, rowFilter, type ScorerSpec, scoreNames } from './spec.ts';
import { startsWith } from './starts-with.ts';
import { toolCall } from './tool-call.ts';
import { wordCount } from './word-count.ts';

export { AssertionJudges, judgeAssertions, type NamedAssertion } from './assertions.ts';

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
  numeric,
  jsonValid,
  jsonSchema,
  jsonFields,
  levenshtein,
  rougeL,
  rougeN,
  bleu,
  wordCount,
  finishReason,
  refusal,
  latency,
  cost,
  toolCall,
  module,
];

/**
 * Makes the scorers of a run, in their order, each with a name of its own.
 * @throws UsageError for the first that cannot be used; an unknown one is told with the nearest name
 */
export async function createScorers(given: readonly GivenScorer[]): Promise<readonly Scorer[]> {
  const specs = given.map((spec) => parseScorer(spec, scorers));
  const names = scoreNames(specs);
  return Promise.all(specs.map((spec, index) => createScorer(spec, names[index] ?? spec.definition.name)));
}

async function createScorer(spec: ScorerSpec, name: string): Promise<Scorer> {
  const { definition, common, options, label } = spec;
  const { needsExpected, judge } = await definition.create(options, label);
  const finish = finisher(name, common);
  return {
    ...{ name, needsExpected, weight: common.weight ?? null },
    conditionColumn: common.when?.column ?? null,
    appliesTo: rowFilter(spec),
    score: scored(judge, finish),
  };
}

function scored(judge: Judge, finish: (judgement: Judgement) => Score): Scorer['score'] {
  return (input) => {
    const judgement = judge(input);
    return judgement instanceof Promise ? judgement.then(finish) : finish(judgement);
  };
}

function finisher(name: string, { not = false, threshold }: ScorerSpec['common']): (judgement: Judgement) => Score {
  return ({ value, explanation }) => {
    const score = { name, value: not && value !== null ? 1 - value : value, explanation };
    return threshold === undefined ? score : { ...score, threshold };
  };
}
