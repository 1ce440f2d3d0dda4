import { CallError } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import { UsageError } from '../core/errors.ts';
import { type ProgramKind, programModel } from '../core/program-ref.ts';
import type { CompletionRequest, Provider } from '../core/provider.ts';
import { secretMask } from '../core/secret-mask.ts';
import { jsonText } from '../core/written-json.ts';
import type { OpenLink } from '../io/program/link.ts';
import { openProcess } from '../io/program/process-link.ts';
import { Program, ProgramError } from '../io/program/program.ts';
import { shownLines } from '../io/program/shown-lines.ts';
import { openWorker } from '../io/program/worker-link.ts';
import { maskedCompletion, presentable } from './masked-answer.ts';
import { readProgramReply } from './program-reply.ts';

/** How to reach one program of the user. */
export interface ProgramSettings {
  /** Name of the provider in the run: `module:<path>` or `exec:<command>`. */
  readonly name: string;
  readonly kind: ProgramKind;
  /** Address of the module's file, or the words of the command. */
  readonly target: readonly string[];
  /** Digest of its files, which distinguishes its answers from those of other code. */
  readonly digest: string;
  /** Variables of its environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Texts that must not appear in anything shown or stored. */
  readonly secrets: readonly string[];
  /** Currency of the costs that it reports; null if unknown, and then they are. */
  readonly currency: string | null;
  readonly now: () => number;
  readonly onWarning: (text: string) => void;
}

/** A provider that is a program of the user. */
export interface ProgramProvider extends Provider {
  /** Starts it. @throws UsageError if that fails */
  start(): Promise<void>;
}

/** Opens a program. It is started by `start` or by the first request. */
export function programProvider(settings: ProgramSettings): ProgramProvider {
  const { name, kind, digest, secrets, currency, now, onWarning } = settings;
  const mask = secretMask(secrets);
  const program = new Program({ open: linkOf(settings), onLine: shownLines(name, (text) => onWarning(mask(text))) });
  const reading = { called: CALLED[kind], currency, now, onUnpaid: onceWarning(name, onWarning) };
  const complete = async (request: CompletionRequest, signal: AbortSignal): Promise<Completion> => {
    try {
      const reply = await program.ask(membersOf(request), signal);
      return maskedCompletion(readProgramReply(reply, reading, request), mask);
    } catch (error) {
      if (error instanceof ProgramError) throw presentable(endedError(error, CALLED[kind]), mask);
      throw error instanceof CallError ? presentable(error, mask) : error;
    }
  };
  return {
    name,
    kind,
    endpoint: name,
    identity: `${kind} ${digest}`,
    hasEmbeddings: false,
    complete,
    embed: () => Promise.reject(new CallError('endpoint_not_found', 'a program makes no embeddings')),
    models: () => Promise.resolve([]),
    balance: () => Promise.reject(new CallError('endpoint_not_found', 'a program has no balance')),
    start: () => program.start().catch((error: unknown) => Promise.reject(unstarted(name, error, mask))),
    close: () => program.close(),
  };
}

/** Its name in messages. */
const CALLED: Readonly<Record<ProgramKind, string>> = { module: 'the module', exec: 'the command' };

function linkOf({ kind, target, environment }: ProgramSettings): OpenLink {
  switch (kind) {
    case 'module':
      return (events) => openWorker({ url: target[0] ?? '', environment }, events);
    case 'exec':
      return (events) => openProcess({ words: target, environment }, events);
  }
}

/** The members of a request as JSON text. */
function membersOf({ model, messages, messagesJson, temperature, params }: CompletionRequest): string {
  const fields = temperature === null ? params : { temperature, ...params };
  const texts = { model: JSON.stringify(programModel(model)), params: jsonText(fields) };
  return `"model":${texts.model},"messages":${messagesJson ?? jsonText(messages)},"params":${texts.params}`;
}

/** Requests that it had may have been paid for. */
function endedError({ message, hasStarted }: ProgramError, called: string): CallError {
  const what = hasStarted ? `${called} is gone` : `${called} cannot be started`;
  return new CallError('server_error', `${what}: ${message}`, { isUnsent: !hasStarted });
}

function unstarted(name: string, error: unknown, mask: (text: string) => string): Error {
  if (!(error instanceof ProgramError)) return error instanceof Error ? error : new Error(String(error));
  const { message } = presentable(new CallError('server_error', error.message), mask);
  return new UsageError(`${name} cannot be started: ${message}`, {
    hint: 'check that it runs by itself, from the working folder; nothing was paid',
    cause: error,
  });
}

function onceWarning(name: string, onWarning: (text: string) => void): () => void {
  let hasWarned = false;
  return () => {
    if (hasWarned) return;
    hasWarned = true;
    onWarning(`${name} reports costs without a currency, so they are not known: name it, such as --currency USD`);
  };
}
