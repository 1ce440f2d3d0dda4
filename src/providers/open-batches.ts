import type { BatchAnswer, StrayLine } from '../core/batch.ts';
import { CallError } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { Batches, CompletionRequest } from '../core/provider.ts';
import type { BatchApi, BatchClient, BatchPath, LineOutcome } from './batch-api.ts';
import type { Caller } from './caller.ts';
import { classifyErrorBody } from './error-body.ts';
import type { Asked } from './read-completion.ts';

/** An endpoint's requests and answers, as its client writes and reads them. */
interface BatchEndpoint {
  readonly client: BatchClient;
  /** The JSON lines of a file. */
  readonly lines: (path: string, signal: AbortSignal) => AsyncIterable<JsonObject>;
  /** The JSON text of a request. */
  readonly bodyOf: (request: CompletionRequest) => string;
  /** @throws CallError if it is not a completion */
  readonly read: (body: JsonObject, asked: Asked) => Completion;
  /** The error as it leaves this room. */
  readonly present: (error: CallError) => CallError;
}

/** The batches of an endpoint. @param api undefined if it has none, and so is the result */
export function openBatches(api: BatchApi | undefined, endpoint: BatchEndpoint): Batches | undefined {
  if (api === undefined) return undefined;
  const { client, lines, bodyOf, present } = endpoint;
  const presenting = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw error instanceof CallError ? present(error) : error;
    }
  };
  return {
    limits: api.limits,
    keepsResultsFor: api.keepsResultsFor,
    keepsIntent: api.keepsIntent,
    mixesModels: api.mixesModels,
    line: (customId, request) => api.line(customId, bodyOf(request)),
    submit: (input, signal) => presenting(api.submit(client, input, signal)),
    status: (id, signal) => presenting(api.status(client, id, signal)),
    list: (sinceMs, signal) => presenting(api.list(client, sinceMs, signal)),
    cancel: (id, signal) => presenting(api.cancel(client, id, signal)),
    removeFiles: ({ files }, signal) => presenting(removeAll(client, files, signal)),
    results: async function* ({ outputs }, asked, signal): AsyncGenerator<BatchAnswer | StrayLine> {
      for (const path of outputs) {
        let number = 0;
        try {
          for await (const line of lines(path, signal)) {
            number += 1;
            const said = api.readLine(line);
            const own = said === null ? undefined : asked(said.customId);
            if (said === null || own === undefined) {
              yield { customId: said?.customId ?? null, place: `${path}:${number}` };
            } else yield { customId: said.customId, outcome: readOutcome(said.outcome, own, endpoint) };
          }
        } catch (error) {
          throw error instanceof CallError ? present(error) : error;
        }
      }
    },
  };
}

function readOutcome(said: LineOutcome, asked: Asked, { read, present }: BatchEndpoint): BatchAnswer['outcome'] {
  switch (said.kind) {
    case 'open':
      return null;
    case 'failed':
      return present(classifyErrorBody(said.body, said.httpStatus));
    case 'answered':
      try {
        return read(said.body, asked);
      } catch (error) {
        if (error instanceof CallError) return present(error);
        throw error;
      }
  }
}

/** Removes what is there of some files. */
async function removeAll(client: BatchClient, files: readonly string[], signal: AbortSignal): Promise<void> {
  for (const path of files) {
    try {
      await client.remove(path, signal);
    } catch (error) {
      // Removed before, by someone else.
      if (!(error instanceof CallError) || error.httpStatus !== 404) throw error;
    }
  }
}

/** How the paths of an endpoint are made. */
interface Paths {
  /** Path of the address, without a slash at its end. */
  readonly basePath: string;
  /** The path of a request from its path behind the address. */
  readonly pathOf: (path: string) => string;
}

/** Requests about batches. */
export function batchClient({ call, present, transfers }: Caller, { basePath, pathOf }: Paths): BatchClient {
  const wholePath = (path: BatchPath): string => (typeof path === 'string' ? pathOf(path) : path.fromRoot);
  const send = (path: BatchPath, body: string | null, signal: AbortSignal): Promise<JsonObject> =>
    call({ path: wholePath(path), body, signal }, { present, read: (answer) => requireObject(answer.body) });
  return {
    basePath,
    get: (path, signal) => send(path, null, signal),
    post: (path, body, signal) => send(path, JSON.stringify(body), signal),
    upload: (path, body, signal) => transfers.upload(wholePath(path), body, signal),
    openUpload: async (path, opening, signal) => ({
      fromRoot: await transfers.openUpload(wholePath(path), opening, signal),
    }),
    remove: (path, signal) => transfers.remove(wholePath(path), signal),
  };
}

function requireObject(body: unknown): JsonObject {
  if (isJsonObject(body)) return body;
  throw new CallError('invalid_response', 'the answer is not a JSON object');
}
