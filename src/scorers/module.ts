import { basename, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import PQueue from 'p-queue';
import { UsageError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, objectOf, textOf } from '../core/json.ts';
import { formatDecimal, type Picounits } from '../core/money.ts';
import type { ScorerInput, UnnamedScore } from '../core/scorer.ts';
import { plainJson } from '../core/written-json.ts';
import type { Reply } from '../io/program/link.ts';
import { Program } from '../io/program/program.ts';
import { shownLines } from '../io/program/shown-lines.ts';
import { openWorker } from '../io/program/worker-link.ts';
import { defineScorer, type ScoreAnswer, unscored } from './definition.ts';

/** Longest stored reason of a module's error. */
const MAX_REASON = 200;

/** Most answers that a module may be asked about at once. */
const MOST_AT_ONCE = 1000;

/** The score from the user's own function. */
export const module = defineScorer({
  name: 'module',
  title: 'what a function of yours says: module:./my-scorer.mjs, its default export',
  argument: 'path',
  options: (z) => ({
    path: z.string().min(1).describe('path of the module, from the working folder'),
    needsExpected: z.boolean().optional().describe('whether it cannot score a row without an expected answer'),
    timeout: z.number().min(0.001).optional().describe('seconds that it may take for an answer; default 60'),
    concurrency: z
      .number()
      .int()
      .min(1)
      .max(MOST_AT_ONCE)
      .optional()
      .describe('maximum of answers that it is asked about at once, for one that waits for a service; default 1'),
  }),
  explains: true,
  defaultName: ({ path }) => (typeof path === 'string' ? basename(path, extname(path)) : 'module'),
  async create({ path, needsExpected = false, timeout = 60, concurrency = 1 }, { label, onWarning = ignored }) {
    const { href: url } = pathToFileURL(resolve(path));
    const onLine = shownLines(path, onWarning);
    const program = new Program({ open: (events) => openWorker({ url }, events), onLine });
    await program.start().catch(async (cause: unknown) => {
      await program.close();
      throw new UsageError(`${label}: ${path} cannot be loaded: ${reasonOf(cause)}`, { hint: HINT, cause });
    });
    const queue = new PQueue({ concurrency });
    const score: ScoreAnswer = (input) => queue.add(() => askProgram(program, input, timeout * 1000));
    return { needsExpected, score, sources: null, atOnce: concurrency, close: () => program.close() };
  },
});

const HINT =
  'check the path, which is from the working folder, and that the module runs by itself; its default export is a function: export default ({ output, expected }) => output === expected;';

function ignored(): void {
  // Nobody is there to read it.
}

/** A module that has ended this often in a row without a score, or blocked its thread, is asked no more. */
const MOST_ENDINGS = 3;

/** The score that the function gives, with every possible failure turned into a null score. */
async function askProgram(program: Program, input: ScorerInput, timeoutMs: number): Promise<UnnamedScore> {
  if (program.endings >= MOST_ENDINGS)
    return unscored(`the module was given up: it ended ${MOST_ENDINGS} times in a row`);
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onSent = (): void => {
    timer = setTimeout(() => controller.abort(), timeoutMs);
  };
  try {
    const members = JSON.stringify(argumentOf(input)).slice(1, -1);
    return readReply(await program.ask(members, controller.signal, onSent));
  } catch (error) {
    if (controller.signal.aborted) return unscored(`the module took longer than ${timeoutMs / 1000} s`);
    return unscored(`the module is gone: ${reasonOf(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

function readReply(reply: Reply): UnnamedScore {
  switch (reply.kind) {
    case 'value':
      return readValue(reply.value);
    case 'thrown':
      return unscored(`the module threw: ${firstLine(textOf(objectOf(reply.value)?.['message']) ?? '')}`);
    case 'too_large':
      return unscored('the module gave more than 16 MB');
  }
}

/** The function's arguments, with money as decimal texts. */
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
  if (value === null) return unscored(explanation ?? 'the module gave null (or what JSON lacks, such as NaN)');
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
  return firstLine(error instanceof Error ? error.message : String(error));
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, MAX_REASON);
}
