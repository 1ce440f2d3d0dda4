import { UsageError } from '../core/errors.ts';
import { nearestWord } from '../io/nearest.ts';
import { ASSERTION_KINDS, type AssertionGiven, type AssertionKind } from './assertion-kinds.ts';

/** A parsed assertion. */
interface Assertion extends AssertionGiven {
  readonly kind: AssertionKind;
  readonly isNegated: boolean;
}

/** Kinds that promptfoo has and promptgrid does not, with what they would need. */
const UNKNOWN_KINDS: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'asks a model',
    [
      'agent-rubric',
      'search-rubric',
      'llama-guard',
      'answer-relevance',
      'context-faithfulness',
      'context-recall',
      'context-relevance',
      'conversation-relevance',
      'classifier',
      'moderation',
      'select-best',
      'max-score',
      'pi',
    ],
  ],
  ['runs code or calls out', ['javascript', 'fn', 'eval', 'python', 'ruby', 'webhook', 'guardrails']],
  [
    'is not there',
    [
      'bleu',
      'gleu',
      'meteor',
      'perplexity',
      'perplexity-score',
      'is-html',
      'contains-html',
      'is-sql',
      'contains-sql',
      'is-xml',
      'contains-xml',
      'is-valid-function-call',
      'is-valid-openai-function-call',
      'is-valid-openai-tools-call',
      'tool-call-f1',
      'skill-used',
      'trajectory',
      'trace-span-count',
      'trace-span-duration',
      'trace-error-spans',
      'assert-set',
      'human',
      'bertscore',
      'math-equivalent',
    ],
  ],
]);

const FORM = /^(not-)?([a-z][a-z0-9-]*)(?:\(([^()]*)\))?(?::([^]*))?$/;
const LITERAL_HINT = 'where the text itself is expected, write equals: before it';

/**
 * Parses an assertion: `kind:value`, `kind(number):value`, `not-` before either; any other text must equal the answer.
 * The syntax is that of promptfoo's `__expected` columns.
 * @throws UsageError for an unknown or apparently mistyped kind, and for a missing or unexpected value
 */
export function parseAssertion(text: string): Assertion {
  const trimmed = text.trim();
  if (trimmed.startsWith('file://')) throw refused('file', 'reads a file');
  const [, not, name = '', number, value] = FORM.exec(trimmed) ?? [];
  const kind = ASSERTION_KINDS.get(name);
  if (kind !== undefined) return checked(name, kind, { isNegated: not !== undefined, number, value });
  for (const [why, names] of UNKNOWN_KINDS) if (names.includes(name)) throw refused(name, why);
  const looksLikeKind = number !== undefined || value !== undefined;
  const nearest = looksLikeKind ? nearestWord(name, ASSERTION_KINDS.keys()) : null;
  if (nearest !== null) {
    throw new UsageError(`there is no assertion "${name}"; did you mean ${nearest}?`, { hint: LITERAL_HINT });
  }
  if (FOREIGN_KIND.test(trimmed)) throw refused(name, 'is not there');
  return equalsTo(trimmed);
}

/**
 * Text that cannot be a plain answer: `not-word:value`, `word(0.8):value` and `two-words:value`, without a space after
 * the colon. Any other text must equal the answer, such as `12:30` or `note: see below`.
 */
const FOREIGN_KIND =
  /^(?:not-[a-z][a-z0-9-]*(?:\([^()]*\))?:|[a-z][a-z0-9-]*\([^()]*\):|[a-z][a-z0-9]*(?:-[a-z0-9]+)+:)\S/;

function equalsTo(value: string): Assertion {
  const kind = ASSERTION_KINDS.get('equals');
  if (kind === undefined) throw new TypeError('there is no assertion "equals"');
  return { kind, isNegated: false, value, threshold: null };
}

function refused(name: string, why: string): UsageError {
  const known = [...ASSERTION_KINDS.keys()].join(', ');
  return new UsageError(`the assertion "${name}" ${why}, which promptgrid cannot score in a row`, {
    hint: `use one of: ${known}; ${LITERAL_HINT}`,
  });
}

interface Parts {
  readonly isNegated: boolean;
  readonly number: string | undefined;
  readonly value: string | undefined;
}

function checked(name: string, kind: AssertionKind, { isNegated, number, value }: Parts): Assertion {
  const text = value?.trim() ?? '';
  const threshold = number === undefined ? null : readNumber(name, number);
  const fault = faultOf(kind.value, text !== '', 'a text behind the colon');
  const bracketFault = faultOf(kind.threshold, threshold !== null, 'a number in brackets');
  const what = fault ?? bracketFault;
  if (what === null) return { kind, isNegated, value: text, threshold };
  throw new UsageError(`the assertion "${name}" ${what}`, { hint: `write it like ${kind.example}; ${LITERAL_HINT}` });
}

function faultOf(rule: AssertionKind['value'], isThere: boolean, what: string): string | null {
  if (rule === 'needed' && !isThere) return `needs ${what}`;
  return rule === 'none' && isThere ? `takes no ${what.replace(/^an? /, '')}` : null;
}

const NUMBER = /^\d{1,12}(?:\.\d{1,12})?$/;

function readNumber(name: string, text: string): number {
  if (NUMBER.test(text.trim())) return Number(text);
  throw new UsageError(`the assertion "${name}" has "${text}" in brackets, which is not a number`, {
    hint: 'write a number such as 3 or 0.75',
  });
}
