import { isJsonArray, isJsonObject, type JsonValue } from '../core/json.ts';
import type { Row } from '../core/row.ts';
import { jsonInText, valueAt } from '../core/row-path.ts';

/** How the rows of a dataset of another tool are read. Paths are columns or paths into their JSON. */
export interface DatasetShape {
  /** The shape, as in `read as OpenAI batch requests`. */
  readonly title: string;
  /** Path of the rows' ids; null leaves the column `id`. */
  readonly id: string | null;
  /** Path of a conversation, or of the text of a user message; null if the rows have none. */
  readonly messages: string | null;
  /** True if the conversation's last message is the expected answer and is not sent. */
  readonly endsWithAnswer: boolean;
  /** Path of the expected answer; null leaves the column `expected`. */
  readonly expected: string | null;
  /** What a row has that is not used; null if there is nothing. */
  readonly unused: string | null;
}

type Vars = Row['vars'];

const PLAIN = { id: null, messages: null, endsWithAnswer: false, expected: null, unused: null } as const;

const LANGFUSE = ['datasetId', 'dataset_id', 'datasetName', 'sourceTraceId', 'source_trace_id', 'sourceObservationId'];
const BRAINTRUST = ['_xact_id', 'root_span_id', 'span_id', 'project_id', 'dataset_id', 'metadata', 'tags'];

const INSPECT = ['choices', 'metadata', 'sandbox', 'files', 'setup'];
const DEEPEVAL = [
  'actual_output',
  'retrieval_context',
  'context',
  'additional_metadata',
  'expected_tools',
  'source_file',
];

/** Keys of an input that hold its text, the likeliest first. */
const TEXT_KEYS = ['question', 'input', 'query', 'prompt', 'text'];

/** The shape of a dataset by its first row; null if it is none that is known. */
export function recogniseShape(row: Row): DatasetShape | null {
  const { vars } = row;
  return (
    batchRequests(row) ??
    evalsSamples(vars) ??
    langfuseItems(row) ??
    langsmithExamples(row) ??
    braintrustRecords(row) ??
    inspectSamples(vars) ??
    deepevalGoldens(vars) ??
    chatExamples(vars)
  );
}

function batchRequests(row: Row): DatasetShape | null {
  if (!has(row.vars, 'custom_id') || !has(row.vars, 'body')) return null;
  const path = ['body.messages', 'body.input'].find((one) => valueAt(row, one) !== undefined);
  if (path === undefined) return null;
  const title = 'OpenAI batch requests';
  return { ...PLAIN, title, id: 'custom_id', messages: path, unused: 'the model and the other fields of each body' };
}

function evalsSamples(vars: Vars): DatasetShape | null {
  const { input } = vars;
  if (!has(vars, 'ideal') || (typeof input !== 'string' && !isJsonArray(input))) return null;
  return { ...PLAIN, title: 'samples of OpenAI evals', messages: 'input', expected: 'ideal' };
}

function langfuseItems(row: Row): DatasetShape | null {
  const { vars } = row;
  const expected = ['expectedOutput', 'expected_output'].find((name) => has(vars, name));
  if (expected === undefined || !has(vars, 'input')) return null;
  if (expected === 'expected_output' && !LANGFUSE.some((name) => has(vars, name))) return null;
  return {
    ...PLAIN,
    title: 'a Langfuse dataset',
    messages: requestPath(row, 'input'),
    expected: onlyMember(row, expected),
  };
}

function langsmithExamples(row: Row): DatasetShape | null {
  if (!isJsonObject(opened(row.vars['inputs'])) || !isJsonObject(opened(row.vars['outputs']))) return null;
  const expected = onlyMember(row, 'outputs');
  return { ...PLAIN, title: 'LangSmith examples', messages: requestPath(row, 'inputs'), expected };
}

function braintrustRecords(row: Row): DatasetShape | null {
  const { vars } = row;
  if (!has(vars, 'input') || !has(vars, 'expected') || !BRAINTRUST.some((name) => has(vars, name))) return null;
  return {
    ...PLAIN,
    title: 'a Braintrust dataset',
    messages: requestPath(row, 'input'),
    expected: onlyMember(row, 'expected'),
  };
}

function inspectSamples(vars: Vars): DatasetShape | null {
  const { input } = vars;
  if (!has(vars, 'target') || (typeof input !== 'string' && !isJsonArray(input))) return null;
  if (!INSPECT.some((name) => has(vars, name))) return null;
  const unused = has(vars, 'choices') ? 'choices, which no prompt names,' : null;
  return { ...PLAIN, title: 'samples of Inspect', messages: 'input', expected: 'target', unused };
}

function deepevalGoldens(vars: Vars): DatasetShape | null {
  const isGolden = typeof vars['input'] === 'string' && has(vars, 'expected_output');
  if (!isGolden || !DEEPEVAL.some((name) => has(vars, name))) return null;
  return { ...PLAIN, title: 'goldens of DeepEval', messages: 'input', expected: 'expected_output' };
}

/** Conversations for training, whose last message is the answer. */
function chatExamples(vars: Vars): DatasetShape | null {
  for (const [path, title] of [
    ['conversations', 'conversations with from and value'],
    ['messages', 'examples of conversations'],
  ] as const) {
    const messages = opened(vars[path]);
    const last = isJsonArray(messages) ? messages.at(-1) : undefined;
    if (!isJsonObject(last) || has(vars, 'expected')) continue;
    const sender = last['role'] ?? last['from'];
    const endsWithAnswer = typeof sender === 'string' && ANSWERERS.has(sender);
    if (endsWithAnswer || path === 'conversations') return { ...PLAIN, title, messages: path, endsWithAnswer };
  }
  return null;
}

const ANSWERERS = new Set(['assistant', 'gpt', 'model', 'bot', 'chatgpt']);

/** Where an input holds what to send: messages, or one text; null if a template must say. */
function requestPath(row: Row, path: string): string | null {
  const value = opened(valueAt(row, path));
  if (typeof value === 'string' || isJsonArray(value)) return path;
  if (!isJsonObject(value)) return null;
  if (isJsonArray(value['messages'])) return `${path}.messages`;
  const [only, ...others] = Object.keys(value);
  const key = others.length === 0 ? only : TEXT_KEYS.find((name) => typeof value[name] === 'string');
  return key !== undefined && typeof value[key] === 'string' && !/[.[\]]/.test(key) ? `${path}.${key}` : null;
}

/** The path of an object's only member, where it has no other; else the path itself. */
function onlyMember(row: Row, path: string): string {
  const value = opened(valueAt(row, path));
  const [key, ...others] = isJsonObject(value) ? Object.keys(value) : [];
  return key === undefined || others.length > 0 || /[.[\]]/.test(key) ? path : `${path}.${key}`;
}

/** A value, or that of the JSON in its text. */
function opened(value: JsonValue | undefined): JsonValue | undefined {
  return typeof value === 'string' ? (jsonInText(value) ?? value) : value;
}

function has(vars: Vars, name: string): boolean {
  return Object.hasOwn(vars, name);
}

/** `rows.jsonl is read as OpenAI batch requests: id from custom_id, messages from body.messages` */
export function describeShape(file: string, shape: DatasetShape): string {
  const { title, id, messages, endsWithAnswer, expected, unused } = shape;
  const parts = [
    ...(id === null ? [] : [`id from ${id}`]),
    ...(messages === null ? [] : [`messages from ${messages}`]),
    ...(endsWithAnswer ? ['expected from the last answer of each, which is not sent'] : []),
    ...(expected === null ? [] : [`expected from ${expected}`]),
    ...(unused === null ? [] : [`${unused} are not used`]),
  ];
  return `${file} is read as ${title}: ${parts.join(', ')}`;
}
