import { basename, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, objectOf } from '../core/json.ts';
import { formatDecimal, type Picounits } from '../core/money.ts';
import type { ScorerInput, UnnamedScore } from '../core/scorer.ts';
import { plainJson } from '../core/written-json.ts';
import { userCode } from '../io/program/user-code.ts';
import { optimiseUserWasm } from '../io/program/user-wasm.ts';
import { defineScorer, type ScoreAnswer, unscored } from './definition.ts';

/** Longest stored reason of a module's error. */
const MAX_REASON = 200;

/** The score from the user's own function. */
export const module = defineScorer({
  name: 'module',
  title: 'what a function of yours says: module:./my-scorer.mjs, its default export',
  argument: 'path',
  options: (z) => ({
    path: z.string().min(1).describe('path of the module, from the working folder'),
    needsExpected: z.boolean().optional().describe('whether it cannot score a row without an expected answer'),
    timeout: z.number().min(0.001).optional().describe('seconds that a promise of it may take; default 60'),
  }),
  explains: true,
  defaultName: ({ path }) => (typeof path === 'string' ? basename(path, extname(path)) : 'module'),
  async create({ path, needsExpected = false, timeout = 60 }, { label }) {
    const { href } = pathToFileURL(resolve(path));
    const own = await loadFunction({ path, href }, label);
    const wait: Wait = (promise) => settled(userCode.settled(href, promise), timeout * 1000);
    return { needsExpected, score: guarded(own, wait), sources: null };
  },
});

type Given = (input: object) => unknown;

/** Reads the score from a promise. */
type Wait = (promise: PromiseLike<unknown>) => Promise<UnnamedScore>;

interface ModuleFile {
  /** As it was given. */
  readonly path: string;
  readonly href: string;
}

async function loadFunction({ path, href }: ModuleFile, label: string): Promise<Given> {
  optimiseUserWasm();
  const loaded: unknown = await userCode.load(path, href).catch((cause: unknown) => {
    throw new UsageError(`${label}: ${path} cannot be loaded: ${reasonOf(cause)}`, {
      hint: 'check the path, which is from the working folder, and that the module runs by itself',
      cause,
    });
  });
  const found = typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : undefined;
  if (isFunction(found)) return found;
  throw new UsageError(`${label}: ${path} has no function as its default export`, {
    hint: 'write it like: export default ({ output, expected }) => output === expected;',
  });
}

function isFunction(value: unknown): value is Given {
  return typeof value === 'function';
}

/** The function with every possible failure turned into a null score. */
function guarded(own: Given, wait: Wait): ScoreAnswer {
  return (input) => {
    try {
      const value = own(argumentOf(input));
      return isThenable(value) ? wait(value) : readValue(value);
    } catch (error) {
      return unscored(`the module threw: ${reasonOf(error)}`);
    }
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

async function settled(promise: Promise<unknown>, timeoutMs: number): Promise<UnnamedScore> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<UnnamedScore>((resolveLate) => {
    timer = setTimeout(() => resolveLate(unscored(`the module took longer than ${timeoutMs / 1000} s`)), timeoutMs);
  });
  const value = promise.then(readValue).catch((error: unknown) => unscored(`the module threw: ${reasonOf(error)}`));
  try {
    return await Promise.race([value, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The function's arguments: copies, so that it changes nothing, with money as decimal texts. */
function argumentOf({ row, output, expected, alternatives, completion, ...call }: ScorerInput): object {
  const { id, finishReason, usage, cost, reasoning = null, refusal = null } = completion;
  const { latencyMs, attempts, cached } = call;
  const amounts = { prompt: decimal(cost.prompt), completion: decimal(cost.completion), total: decimal(cost.total) };
  const vars = Object.fromEntries(Object.entries(row.vars).map(([name, value]) => [name, plainJson(value)]));
  return {
    row: vars,
    // promptfoo's name.
    vars,
    rowId: row.id,
    output,
    expected,
    ...(alternatives === undefined ? {} : { alternatives: [...alternatives] }),
    completion: {
      id,
      output,
      finishReason,
      reasoning,
      refusal,
      usage: { ...usage },
      cost: { ...amounts, currency: cost.currency, source: cost.source },
    },
    latencyMs,
    attempts,
    cached,
  };
}

function decimal(amount: Picounits | null): string | null {
  return amount === null ? null : formatDecimal(amount);
}

/**
 * Names of the score and its reason in modules, ours first; functions of other tools work unchanged: promptfoo's give
 * `{pass, score, reason}`, autoevals' `{name, score, metadata}`.
 */
const VALUE_KEYS = ['value', 'score', 'pass'];
const REASON_KEYS = ['explanation', 'reason', 'rationale'];

function readValue(given: unknown): UnnamedScore {
  const object = isJsonObject(given) ? given : null;
  const key = VALUE_KEYS.find((name) => object !== null && name in object);
  const value: unknown = object === null ? given : key === undefined ? undefined : object[key];
  const explanation = reasonIn(object) ?? reasonIn(objectOf(object?.['metadata']));
  if (typeof value === 'boolean') return { value: value ? 1 : 0, explanation };
  if (typeof value === 'number' && value >= 0 && value <= 1) {
    // A result that the function itself marks as failed never passes.
    return { value: value === 1 && object?.['pass'] === false ? 0 : value, explanation };
  }
  if (value === null) return unscored(explanation ?? 'the module gave null');
  return unscored(`the module gave ${describe(value)}, which is not a score from 0 to 1`);
}

function reasonIn(object: JsonObject | null): string | null {
  return REASON_KEYS.map((name) => object?.[name]).find((text) => typeof text === 'string') ?? null;
}

function describe(value: unknown): string {
  return typeof value === 'number'
    ? String(value)
    : value === undefined
      ? 'nothing'
      : `a value of type ${typeof value}`;
}

function reasonOf(error: unknown): string {
  try {
    const text = error instanceof Error ? error.message : String(error);
    return (text.split('\n')[0] ?? '').slice(0, MAX_REASON);
  } catch {
    return 'something other than text';
  }
}
