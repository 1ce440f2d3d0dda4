import { isJsonObject } from '../core/json.ts';
import { tokenCost } from '../core/price.ts';
import { loadTokenCounter, type TokenCounter } from '../pricing/token-counter.ts';
import { type Answer, type AnswerQuery, jsonAnswer, simulatedAnswer } from './answers.ts';
import { bodyDigest, type ChatRequest, parseBody, readChatRequest } from './chat-request.ts';
import { type Completion, completionEvents, completionJson, type Identity } from './completion-json.ts';
import { admit, balanceUsedUp, counted, type Desk, type Exchange, fail, latency } from './desk.ts';
import type { AnswerOrigin } from './ledger.ts';
import { simulatedJson } from './simulated-json.ts';
import { simulatedVerdict } from './simulated-verdict.ts';
import { ClientGone, readBody, send, sendEvents, waitForAnswerTime } from './wire.ts';

/** `POST /v1/chat/completions`. @throws Refusal if the call gets no completion, ClientGone if the client is gone */
export function answerChat(desk: Desk, exchange: Exchange): Promise<void> {
  return counted(desk, () => serve(desk, exchange));
}

async function serve(desk: Desk, { request, response, authorize }: Exchange): Promise<void> {
  authorize();
  const body = parseBody(await readBody(request));
  admit(desk, response);
  const chat = readChatRequest(body, desk.catalog);
  const digest = bodyDigest(body);
  const fault = desk.faults.draw(digest);
  const wouldBeBody = async (): Promise<string> => completionJson(await compose(desk, chat), identity(desk, digest));
  if (fault !== null) return await fail(desk, { response, digest, wouldBeBody }, fault);
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

interface FoundAnswer {
  readonly full: Answer;
  readonly origin: AnswerOrigin;
}

function findAnswer({ answers }: Desk, query: AnswerQuery, { messages, fields }: ChatRequest): FoundAnswer {
  const scripted = answers.find(query);
  if (scripted !== undefined) return { full: scripted, origin: 'scripted' };
  const verdict = simulatedVerdict(query, messages);
  if (verdict !== null) return { full: verdict, origin: 'verdict' };
  const json = simulatedJson(fields['response_format'], `${query.model} ${query.prompt}`);
  return { full: json === null ? simulatedAnswer(query) : jsonAnswer(json), origin: 'madeUp' };
}

async function compose(desk: Desk, chat: ChatRequest): Promise<Completion & Pick<FoundAnswer, 'origin'>> {
  const { model, prompt, temperature, messages, fields } = chat;
  const { full, origin } = findAnswer(desk, { model: model.id, prompt, temperature }, chat);
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

function identity(desk: Desk, digest: string): Identity {
  const id = `chatcmpl-sim-${digest}-${desk.ledger.served}`;
  return { id, created: Math.floor(desk.settings.clock() / 1000) };
}
