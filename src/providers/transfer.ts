import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Dispatcher } from 'undici';
import { CallError } from '../core/call-error.ts';
import { isJsonObject, type JsonObject, parseOutsideJson } from '../core/json.ts';
import { readByteLines } from '../io/byte-lines.ts';
import type { StreamedBody, UploadOpening } from './batch-api.ts';
import { classifyErrorBody, foreignAnswer } from './error-body.ts';
import { networkError } from './exchange.ts';
import { ResponseHeaders } from './response-headers.ts';
import { openRoute, type ProxyRoute, type Route } from './route.ts';
import { request } from './undici.ts';

/** Pieces of a body are sent once they have this many UTF-16 code units together. */
const BLOCK_UNITS = 64 * 1024;
/** One file up and one down for each. */
const CONNECTIONS = 2;

/** The endpoint that files are carried to and from. */
interface TransferSettings {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly proxy: ProxyRoute | null;
  /** Certificates that are trusted besides the machine's own, as PEM texts. */
  readonly certificates: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Carries files of any size to and from an endpoint; they are never held whole. */
export class Transfers {
  readonly #settings: TransferSettings;
  #route: Route | null = null;

  constructor(settings: TransferSettings) {
    this.#settings = settings;
  }

  /** @throws CallError unless the answer is a JSON object; an aborted signal throws its reason */
  async upload(
    path: string,
    { contentType, bytes, pieces, headers: own }: StreamedBody,
    signal: AbortSignal,
  ): Promise<JsonObject> {
    const length = { 'content-type': contentType, 'content-length': String(bytes) };
    const headers = { ...this.#settings.headers, ...own, ...length };
    const body = Readable.from(inBlocks(pieces));
    const answer = await this.#send({ method: 'POST', path, headers, body }, signal);
    const said = await this.#textOf(answer, signal);
    const read = parseOutsideJson(said);
    if (isJsonObject(read)) return read;
    throw foreignAnswer(said, answer.statusCode, path);
  }

  /**
   * Asks where a file is to be sent.
   * @returns path and query of the address in the answer
   * @throws CallError if the answer has no address
   */
  async openUpload(
    path: string,
    { headers: own, body, addressIn }: UploadOpening,
    signal: AbortSignal,
  ): Promise<string> {
    const headers = { ...this.#settings.headers, ...own };
    const answer = await this.#send({ method: 'POST', path, headers, body: JSON.stringify(body) }, signal);
    await this.#textOf(answer, signal);
    const address = ResponseHeaders.of(answer.headers).text(addressIn);
    if (address === null || !URL.canParse(address, this.#settings.origin)) {
      throw new CallError('invalid_response', `the answer has no usable header ${addressIn}`);
    }
    const url = new URL(address, this.#settings.origin);
    return `${url.pathname}${url.search}`;
  }

  /** Removes what is at a path. @throws CallError unless the answer says that it is gone */
  async remove(path: string, signal: AbortSignal): Promise<void> {
    const answer = await this.#send({ method: 'DELETE', path, headers: { ...this.#settings.headers } }, signal);
    await this.#textOf(answer, signal);
  }

  /** The JSON lines of a file. @throws CallError as `upload` does, and for a line that is not a JSON object */
  async *lines(path: string, signal: AbortSignal): AsyncGenerator<JsonObject> {
    const answer = await this.#send({ method: 'GET', path, headers: { ...this.#settings.headers } }, signal);
    try {
      for await (const { bytes, line } of readByteLines(answer.body)) {
        const said = bytes.toString('utf8').trim();
        if (said === '') continue;
        const value = parseOutsideJson(said);
        if (!isJsonObject(value)) throw new CallError('invalid_response', `line ${line} of the results is not JSON`);
        yield value;
      }
    } catch (cause) {
      throw this.#failure(cause, signal);
    } finally {
      answer.body.destroy();
    }
  }

  async close(): Promise<void> {
    await this.#route?.dispatcher.destroy();
  }

  /** @returns a response with status 2xx */
  async #send(sent: Omit<Dispatcher.RequestOptions, 'origin'>, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { origin, proxy, certificates } = this.#settings;
    this.#route ??= openRoute(origin, { connections: CONNECTIONS, proxy, certificates, answerBytes: -1 });
    let answer: Dispatcher.ResponseData;
    try {
      answer = await request.call(this.#route.dispatcher, { ...sent, origin, signal });
    } catch (cause) {
      throw this.#failure(cause, signal);
    }
    const { statusCode } = answer;
    if (statusCode < 300) return answer;
    const headers = ResponseHeaders.of(answer.headers);
    const said = await this.#textOf(answer, signal);
    const body = parseOutsideJson(said);
    throw classifyErrorBody(body, statusCode, { headers, text: said, nowMs: this.#settings.now(), path: sent.path });
  }

  async #textOf({ body }: Dispatcher.ResponseData, signal: AbortSignal): Promise<string> {
    try {
      return await text(body);
    } catch (cause) {
      throw this.#failure(cause, signal);
    }
  }

  #failure(cause: unknown, signal: AbortSignal): unknown {
    if (cause instanceof CallError) return cause;
    return signal.aborted ? signal.reason : networkError(cause, this.#route?.proxy ?? null);
  }
}

async function* inBlocks(pieces: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let block: string[] = [];
  let units = 0;
  for await (const piece of pieces) {
    block.push(piece);
    units += piece.length;
    if (units < BLOCK_UNITS) continue;
    yield Buffer.from(block.join(''));
    block = [];
    units = 0;
  }
  if (units > 0) yield Buffer.from(block.join(''));
}
