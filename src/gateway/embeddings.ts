import { isJsonArray, type JsonObject } from '../core/json.ts';
import { formatDecimal } from '../core/money.ts';
import { tokenCost } from '../core/price.ts';
import { loadTokenCounter } from '../pricing/token-counter.ts';
import type { OfferedModel } from './catalog.ts';
import { bodyDigest, parseBody, readModel } from './chat-request.ts';
import { admit, balanceUsedUp, counted, type Desk, type Exchange, fail, latency } from './desk.ts';
import { ClientGone, invalidRequest, readBody, send, waitForAnswerTime } from './wire.ts';

const DEFAULT_DIMENSIONS = 256;
const MOST_DIMENSIONS = 3072;

/** Length of the pieces of text that a simulated embedding counts, in UTF-16 code units. */
const PIECE = 3;

/** `POST /v1/embeddings`. @throws Refusal if the call gets no embeddings, ClientGone if the client is gone */
export function answerEmbeddings(desk: Desk, exchange: Exchange): Promise<void> {
  return counted(desk, () => serve(desk, exchange));
}

async function serve(desk: Desk, { request, response, authorize }: Exchange): Promise<void> {
  authorize();
  const body = parseBody(await readBody(request));
  admit(desk, response);
  const asked = readRequest(desk, body);
  const digest = bodyDigest(body);
  const fault = desk.faults.draw(digest);
  const wouldBeBody = async (): Promise<string> => embeddingsJson(asked, await countTokens(asked));
  if (fault !== null) return await fail(desk, { response, digest, wouldBeBody }, fault);
  const promptTokens = await countTokens(asked);
  await waitForAnswerTime(response, latency(desk.settings, digest));
  if (response.destroyed) throw new ClientGone();
  const cost = tokenCost(promptTokens, asked.model.promptToken);
  const bill = { model: asked.model.id, promptTokens, completionTokens: 0, cost, bodyDigest: digest };
  if (!desk.ledger.charge({ ...bill, origin: 'embedding' })) throw balanceUsedUp();
  send(response, { status: 200, body: embeddingsJson(asked, promptTokens) });
}

interface EmbeddingsRequest {
  readonly model: OfferedModel;
  readonly texts: readonly string[];
  readonly dimensions: number;
}

function readRequest({ catalog }: Desk, body: JsonObject): EmbeddingsRequest {
  const model = readModel(body, catalog, true);
  const { input = null, dimensions = null } = body;
  const texts = isJsonArray(input) ? input : [input];
  if (texts.length === 0 || !texts.every(isFilled)) {
    throw invalidRequest("'input' must be a text that is not empty, or an array of such texts", 'input');
  }
  if (dimensions === null) return { model, texts, dimensions: DEFAULT_DIMENSIONS };
  if (typeof dimensions === 'number' && Number.isInteger(dimensions) && dimensions > 0 && dimensions <= MOST_DIMENSIONS)
    return { model, texts, dimensions };
  throw invalidRequest(`'dimensions' must be a whole number from 1 to ${MOST_DIMENSIONS}`, 'dimensions');
}

function isFilled(text: unknown): text is string {
  return typeof text === 'string' && text !== '';
}

async function countTokens({ model, texts }: EmbeddingsRequest): Promise<number> {
  const counter = await loadTokenCounter(model.id);
  return texts.reduce((sum, text) => sum + counter.countText(text), 0);
}

/** Costs are written into the text directly: a JavaScript number could lose their last digits. */
function embeddingsJson({ model, texts, dimensions }: EmbeddingsRequest, promptTokens: number): string {
  const data = texts.map((text, index) => ({
    object: 'embedding',
    index,
    embedding: simulatedEmbedding(text, dimensions),
  }));
  const cost = formatDecimal(tokenCost(promptTokens, model.promptToken));
  const usage = `{"prompt_tokens":${promptTokens},"total_tokens":${promptTokens},"prompt_cost":${cost},"completion_cost":0,"total_cost":${cost}}`;
  return `${JSON.stringify({ object: 'list', data, model: model.id }).slice(0, -1)},"usage":${usage}}`;
}

/**
 * A vector of length 1, the same for the same text: how often each piece of three characters occurs, at a place that
 * its hash gives. Texts that share pieces are similar; it knows nothing of meaning.
 */
function simulatedEmbedding(text: string, dimensions: number): readonly number[] {
  const padded = ` ${text.toLowerCase().replaceAll(/\s+/g, ' ').trim()} `;
  const counts = Array.from({ length: dimensions }, () => 0);
  for (let start = 0; start + PIECE <= Math.max(padded.length, PIECE); start++) {
    const place = hashOf(padded.slice(start, start + PIECE)) % dimensions;
    counts[place] = (counts[place] ?? 0) + 1;
  }
  const length = Math.sqrt(counts.reduce((sum, count) => sum + count * count, 0));
  return counts.map((count) => count / length);
}

/** FNV-1a, 32 bits. */
function hashOf(piece: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < piece.length; at++) hash = Math.imul(hash ^ piece.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}
