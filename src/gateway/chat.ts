import type { IncomingMessage, ServerResponse } from 'node:http';
import { isJsonObject } from '../core/json.ts';
import { tokenCost } from '../core/price.ts';
import { loadTokenCounter, type TokenCounter } from '../pricing/token-counter.ts';
import { type Answer, type AnswerBook, type AnswerQuery, simulatedAnswer } from './answers.ts';
import type { Catalog } from './catalog.ts';
import { bodyDigest, type ChatRequest, parseBody, readChatRequest } from './chat-request.ts';
import { type Completion, completionEvents, completionJson, type Identity } from './completion-json.ts';
import { type FaultDraw, type FaultKind, isImmediate, playFault } from './faults.ts';
import type { AnswerOrigin, Ledger } from './ledger.ts';
import type { CallLimits } from './limits.ts';
import type { GatewaySettings } from './options.ts';
import { unitInterval } from './seeded.ts';
import { simulatedVerdict } from './simulated-verdict.ts';
import { ClientGone, Refusal, readBody, send, sendEvents, tooManyRequests, waitForAnswerTime } from './wire.ts';

/** What chat calls are answered with. */
export interface ChatDesk {
  readonly settings: GatewaySettings;
  readonly catalog: Catalog;
  readonly answers: AnswerBook;
  readonly ledger: Ledger;
  readonly limits: CallLimits;
  readonly faults: FaultDraw;
}

/** One HTTP exchange. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** @throws Refusal (401) if the call lacks the key */
  readonly authorize: () => void;
}

/** `POST /v1/chat/completions`. @throws Refusal if the call gets no completion, ClientGone if the client is gone */
export async function answerChat(desk: ChatDesk, exchange: Exchange): Promise<void> {
  desk.ledger.count('calls');
  try {
    await serve(desk, exchange);
  } catch (error) {
    if (error instanceof ClientGone) desk.ledger.count('abandoned');
    else desk.ledger.count(error instanceof Refusal && error.status === 429 ? 'refused429' : 'rejected');
    throw error;
  }
}

async function serve(desk: ChatDesk, { request, response, authorize }: Exchange): Promise<void> {
  authorize();
  const body = parseBody(await readBody(request));
  admit(desk, response);
  const chat = readChatRequest(body, desk.catalog);
  const digest = bodyDigest(body);
  const fault = desk.faults.draw(digest);
  if (fault !== null) return await fail(desk, { response, chat, digest }, fault);
  const completion = await compose(desk, chat);
  await waitForAnswerTime(response, latency(desk.settings, digest));
  if (response.destroyed) throw new ClientGone();
  const { origin, promptTokens, completionTokens, promptCost, completionCost } = completion;
  const cost = promptCost + completionCost;
  const charge = { model: chat.model.id, origin, promptTokens, completionTokens, cost, bodyDigest: digest };
  const isPaid = desk.ledger.charge(charge);
  if (!isPaid) throw balanceUsedUp();
  const { stream: isStreamed, stream_options: options } = chat.fields;
  if (isStreamed !== true)
    return send(response, { status: 200, body: completionJson(completion, identity(desk, digest)) });
  const withUsage = isJsonObject(options) && options['include_usage'] === true;
  sendEvents(response, completionEvents(completion, identity(desk, digest), withUsage));
}

interface FailingCall {
  readonly response: ServerResponse;
  readonly chat: ChatRequest;
  readonly digest: string;
}

async function fail(desk: ChatDesk, { response, chat, digest }: FailingCall, fault: FaultKind): Promise<void> {
  desk.ledger.countFault(fault);
  if (!isImmediate(fault)) await waitForAnswerTime(response, latency(desk.settings, digest));
  const wouldBeBody = async (): Promise<string> => completionJson(await compose(desk, chat), identity(desk, digest));
  await playFault(fault, { response, retryAfterS: desk.settings.retryAfterS, wouldBeBody });
}

function admit(desk: ChatDesk, response: ServerResponse): void {
  if (response.destroyed) throw new ClientGone();
  const admission = desk.limits.enter(desk.settings.clock());
  switch (admission.status) {
    case 'admitted':
      response.once('close', () => desk.limits.leave());
      return;
    case 'too_many_in_flight':
      throw tooManyRequests('Too many requests at one time', desk.settings.retryAfterS);
    case 'too_many_per_minute':
      throw tooManyRequests('Too many requests per minute', Math.ceil(admission.retryAfterMs / 1000));
  }
}

function latency(settings: GatewaySettings, digest: string): number {
  const { latencyMs, latencyJitterMs, seed } = settings;
  return latencyJitterMs === 0 ? latencyMs : latencyMs + latencyJitterMs * unitInterval(`${seed} wait ${digest}`);
}

function balanceUsedUp(): Refusal {
  const type = 'insufficient_balance_error';
  return new Refusal(402, 'The balance does not cover this call', { type, code: 'insufficient_balance' });
}

interface FoundAnswer {
  readonly full: Answer;
  readonly origin: AnswerOrigin;
}

function findAnswer({ answers }: ChatDesk, query: AnswerQuery, messages: ChatRequest['messages']): FoundAnswer {
  const scripted = answers.find(query);
  if (scripted !== undefined) return { full: scripted, origin: 'scripted' };
  const verdict = simulatedVerdict(query, messages);
  if (verdict !== null) return { full: verdict, origin: 'verdict' };
  return { full: simulatedAnswer(query), origin: 'madeUp' };
}

async function compose(desk: ChatDesk, chat: ChatRequest): Promise<Completion & Pick<FoundAnswer, 'origin'>> {
  const { model, prompt, temperature, messages, fields } = chat;
  const { full, origin } = findAnswer(desk, { model: model.id, prompt, temperature }, messages);
  const counter = await loadTokenCounter(model.id);
  const promptTokens = full.promptTokens ?? counter.countPrompt(messages, fields);
  const { answer, completionTokens } = fitAnswer(full, chat.maxTokens, counter);
  return {
    model: model.id,
    origin,
    answer,
    promptTokens,
    completionTokens,
    promptCost: tokenCost(promptTokens, model.promptToken),
    completionCost: tokenCost(completionTokens, model.completionToken),
  };
}

/** Truncates an answer that is longer than the request allows; a function call is then left out. */
function fitAnswer(answer: Answer, maxTokens: number | null, counter: TokenCounter) {
  const tokens = answer.completionTokens ?? countAnswer(answer, counter);
  if (maxTokens === null || tokens <= maxTokens) return { answer, completionTokens: tokens };
  const content = counter.truncate(answer.content ?? '', maxTokens);
  return { answer: { ...answer, content, calls: {}, finishReason: 'length' }, completionTokens: maxTokens };
}

function countAnswer(answer: Answer, counter: TokenCounter): number {
  const calls = Object.keys(answer.calls).length === 0 ? '' : JSON.stringify(answer.calls);
  return counter.countText(answer.content ?? '') + counter.countText(calls);
}

function identity(desk: ChatDesk, digest: string): Identity {
  const id = `chatcmpl-sim-${digest}-${desk.ledger.served}`;
  return { id, created: Math.floor(desk.settings.clock() / 1000) };
}
