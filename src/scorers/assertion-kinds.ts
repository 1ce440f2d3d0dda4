import { type JsonObject, type JsonValue, parseJson } from '../core/json.ts';
import { closedQa } from './closed-qa.ts';
import { cost } from './cost.ts';
import type { ScorerDefinition } from './definition.ts';
import { factuality, LEAST_CONSISTENT } from './factuality.ts';
import { finishReason } from './finish-reason.ts';
import { gEval } from './g-eval.ts';
import { jsonSchema } from './json-schema.ts';
import { jsonValid } from './json-valid.ts';
import { judge } from './judge.ts';
import { latency } from './latency.ts';
import { levenshtein } from './levenshtein.ts';
import { containsAll, containsAny, readGivenList } from './list-scorer.ts';
import { refusal } from './refusal.ts';
import { regex } from './regex.ts';
import { rougeN } from './rouge-n.ts';
import { LEAST_SIMILAR, similar } from './similar.ts';
import { contains, exact, startsWith } from './text-scorer.ts';
import { wordCount } from './word-count.ts';

/** A scorer with the options that an assertion sets. */
interface AssertionScorer {
  readonly definition: ScorerDefinition;
  readonly options: JsonObject;
}

/** The parts of an assertion besides its kind. */
export interface AssertionGiven {
  /** The text after the colon, trimmed. */
  readonly value: string;
  /** The number in parentheses; null if there is none. */
  readonly threshold: number | null;
}

/** A kind of assertion, and its scorer. */
export interface AssertionKind {
  /** Whether a text after the colon is required, allowed or forbidden. */
  readonly value: 'needed' | 'allowed' | 'none';
  /** The same for the number in parentheses. */
  readonly threshold: 'needed' | 'allowed' | 'none';
  /** Its syntax, for errors and docs. */
  readonly example: string;
  readonly scorer: (given: AssertionGiven) => AssertionScorer;
  /** Score from which on it holds; 1 if absent. */
  readonly passMark?: ((given: AssertionGiven) => number) | undefined;
}

/**
 * Default thresholds for assertions without a number: the minimum for rouge-n and a judge's verdict, the maximum edits
 * for levenshtein, the minimum tenth for g-eval.
 */
const DEFAULTS = { rougeN: 0.75, edits: 5, verdict: 0.5, tenths: 0.7 } as const;

function textKind(example: string, definition: ScorerDefinition, options: JsonObject): AssertionKind {
  const scorer = ({ value }: AssertionGiven): AssertionScorer => ({ definition, options: { ...options, value } });
  return { value: 'needed', threshold: 'none', example, scorer };
}

function listKind(example: string, definition: ScorerDefinition, options: JsonObject = {}): AssertionKind {
  const scorer = ({ value }: AssertionGiven): AssertionScorer => ({
    definition,
    options: { ...options, values: [...readGivenList(value, `the assertion "${example}"`)] },
  });
  return { value: 'needed', threshold: 'none', example, scorer };
}

function jsonKind(example: string, options: JsonObject): AssertionKind {
  const scorer = ({ value }: AssertionGiven): AssertionScorer => {
    if (value === '') return { definition: jsonValid, options };
    // Invalid JSON is passed on as a number, which the scorer rejects: a text would be read as a file name.
    const schema: JsonValue = parseJson(value) ?? 0;
    return { definition: jsonSchema, options: { ...options, schema: typeof schema === 'string' ? 0 : schema } };
  };
  return { value: 'allowed', threshold: 'none', example, scorer };
}

/** A kind whose number in parentheses is a maximum. */
function limitKind(example: string, definition: ScorerDefinition): AssertionKind {
  const scorer = ({ threshold }: AssertionGiven): AssertionScorer => ({ definition, options: { max: threshold ?? 0 } });
  return { value: 'none', threshold: 'needed', example, scorer };
}

const OF_LETTERS = { trim: false } as const;

const PATTERN: AssertionKind = {
  value: 'needed',
  threshold: 'none',
  example: 'regex:^[0-9]+$',
  scorer: ({ value }) => ({ definition: regex, options: { pattern: value } }),
};

const EDITS: AssertionKind = {
  value: 'needed',
  threshold: 'allowed',
  example: 'levenshtein(3):expected text',
  scorer: ({ threshold }) => ({
    definition: levenshtein,
    options: { ...OF_LETTERS, distance: Math.floor(threshold ?? DEFAULTS.edits) },
  }),
};

const RECALL: AssertionKind = {
  value: 'needed',
  threshold: 'allowed',
  example: 'rouge-n(0.75):expected text',
  scorer: () => ({ definition: rougeN, options: {} }),
  passMark: ({ threshold }) => threshold ?? DEFAULTS.rougeN,
};

const WORDS: AssertionKind = {
  value: 'needed',
  threshold: 'none',
  example: 'word-count:10-50',
  scorer: ({ value }) => ({ definition: wordCount, options: { range: value } }),
};

const REASON: AssertionKind = {
  value: 'needed',
  threshold: 'none',
  example: 'finish-reason:stop',
  scorer: ({ value }) => ({ definition: finishReason, options: { reasons: value } }),
};

const REFUSAL: AssertionKind = {
  value: 'none',
  threshold: 'none',
  example: 'is-refusal',
  scorer: () => ({ definition: refusal, options: {} }),
};

const RUBRIC: AssertionKind = {
  value: 'needed',
  threshold: 'allowed',
  example: 'llm-rubric:is polite',
  scorer: ({ value }) => ({ definition: judge, options: { rubric: value } }),
  passMark: ({ threshold }) => threshold ?? DEFAULTS.verdict,
};

const FACTS: AssertionKind = {
  value: 'needed',
  threshold: 'none',
  example: 'factuality:Paris is the capital of France',
  scorer: ({ value }) => ({ definition: factuality, options: { value } }),
  passMark: () => LEAST_CONSISTENT,
};

const CRITERION: AssertionKind = {
  value: 'needed',
  threshold: 'none',
  example: 'model-graded-closedqa:names a city',
  scorer: ({ value }) => ({ definition: closedQa, options: { criterion: value } }),
};

const CRITERIA: AssertionKind = {
  value: 'needed',
  threshold: 'allowed',
  example: 'g-eval(0.7):is coherent',
  scorer: ({ value }) => ({ definition: gEval, options: { criteria: value } }),
  // promptfoo takes its threshold of a tenth of the score, whose least is 1 and not 0.
  passMark: ({ threshold }) => ((threshold ?? DEFAULTS.tenths) * 10 - 1) / 9,
};

const ALIKE: AssertionKind = {
  value: 'needed',
  threshold: 'allowed',
  example: 'similar(0.8):expected text',
  scorer: ({ value }) => ({ definition: similar, options: { value } }),
  passMark: ({ threshold }) => threshold ?? LEAST_SIMILAR,
};

/** Every kind of assertion by name; each uses a scorer that `--score` supports too. */
export const ASSERTION_KINDS: ReadonlyMap<string, AssertionKind> = new Map([
  ['equals', textKind('equals:Paris', exact, OF_LETTERS)],
  ['iequals', textKind('iequals:paris', exact, { ...OF_LETTERS, ignoreCase: true })],
  ['contains', textKind('contains:Paris', contains, {})],
  ['icontains', textKind('icontains:paris', contains, { ignoreCase: true })],
  ['contains-any', listKind('contains-any:Paris,London', containsAny)],
  ['contains-all', listKind('contains-all:Paris,France', containsAll)],
  ['icontains-any', listKind('icontains-any:paris,london', containsAny, { ignoreCase: true })],
  ['icontains-all', listKind('icontains-all:paris,france', containsAll, { ignoreCase: true })],
  ['starts-with', textKind('starts-with:The answer', startsWith, OF_LETTERS)],
  ['regex', PATTERN],
  ['is-json', jsonKind('is-json:{"type":"object"}', { whole: true })],
  ['contains-json', jsonKind('contains-json', {})],
  ['levenshtein', EDITS],
  ['rouge-n', RECALL],
  ['similar', ALIKE],
  ['latency', limitKind('latency(1000)', latency)],
  ['cost', limitKind('cost(0.01)', cost)],
  ['word-count', WORDS],
  ['finish-reason', REASON],
  ['is-refusal', REFUSAL],
  ['llm-rubric', RUBRIC],
  ['factuality', FACTS],
  ['model-graded-factuality', { ...FACTS, example: 'model-graded-factuality:Paris is the capital of France' }],
  ['model-graded-closedqa', CRITERION],
  ['g-eval', CRITERIA],
  ['grade', { ...RUBRIC, example: 'grade:is polite' }],
]);
