import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const plain = (value) => value.replace(/[^\p{L}\p{N}]+/gu, '').toLowerCase();
const numberOf = (...words) => createHash('sha256').update(words.join('\n')).digest().readUInt32BE(0);

/** Every text in what a request sends. */
function textsOf(value) {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

/** A verdict in the shape of every judge: half of all answers are good. */
function verdictOn(asked, given) {
  const answer = [...given].filter((one) => asked.includes(plain(one))).toSorted((a, b) => b.length - a.length)[0];
  const isGood = numberOf('verdict', answer ?? '') % 2 === 0;
  return JSON.stringify({ reason: 'scripted', pass: isGood, score: isGood ? 1 : 0 });
}

/** Parts of an answer that people's assertions look for, in forms that models give: alone, in a sentence, as JSON, long. */
function answerTo(seed, own, parts) {
  const part = (count) => parts[numberOf(seed, String(count)) % parts.length] ?? 'yes';
  const all = own.length === 0 ? part(1) : own.join(', ');
  const forms = [
    () => all,
    () => `${all}, and ${part(2)}.`,
    () => JSON.stringify({ answer: all }),
    () => part(1),
    () => part(1),
    () => `${part(1)}. It may also be ${part(2)}, or ${part(3)}.`,
    () => JSON.stringify({ answer: part(1), color: 'yellow', countries: ['Ecuador', part(2)] }),
    () => `Well: <thinking>${part(2)}</thinking><answer>${part(1)}</answer>`,
    () => `${part(1)} ${'and so on '.repeat(150)}`,
  ];
  return forms[numberOf(seed, 'form') % forms.length]();
}

/** The text in the shape of the API that was asked. */
function shaped(path, body, output) {
  if (path.includes('generateContent')) {
    const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 };
    return {
      candidates: [{ content: { role: 'model', parts: [{ text: output }] }, finishReason: 'STOP' }],
      usageMetadata,
    };
  }
  if (path.endsWith('/messages')) {
    const usage = { input_tokens: 10, output_tokens: 5 };
    return {
      id: 'm1',
      type: 'message',
      role: 'assistant',
      model: body.model,
      stop_reason: 'end_turn',
      usage,
      content: [{ type: 'text', text: output }],
    };
  }
  if (path.endsWith('/responses')) {
    const content = [{ type: 'output_text', text: output, annotations: [] }];
    const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };
    return {
      id: 'r1',
      object: 'response',
      status: 'completed',
      model: body.model,
      usage,
      output: [{ type: 'message', id: 'i1', role: 'assistant', status: 'completed', content }],
    };
  }
  if (path.endsWith('/embeddings')) {
    const vector = (input) =>
      Array.from({ length: 8 }, (_, index) => (numberOf(plain(input), String(index)) % 1000) / 1000);
    return {
      data: [body.input].flat().map((input, index) => ({ object: 'embedding', index, embedding: vector(input) })),
      model: body.model,
      usage: { prompt_tokens: 5, total_tokens: 5 },
    };
  }
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
  return {
    id: 'c1',
    object: 'chat.completion',
    model: body.model,
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: output } }],
    usage,
  };
}

/**
 * A server that speaks for every vendor. What it says depends on the row alone, by the longest of the row's texts that a
 * prompt holds, so that tools which write their prompts in other ways get the same answers.
 */
export async function scriptedVendors() {
  const state = { known: [], parts: [], answers: new Set() };
  const answer = async (request, response) => {
    const body = JSON.parse((await text(request)) || '{}');
    const asked = plain(textsOf(body).join(' '));
    const path = new URL(request.url, 'http://localhost').pathname;
    const isJudge = /rubric|gradingoutput|youaregrading|youarecomparing/.test(asked);
    const { text: row, own } = state.known.find((one) => asked.includes(plain(one.text))) ?? { text: '', own: [] };
    const output = isJudge ? verdictOn(asked, state.answers) : answerTo(row, own, state.parts);
    if (!isJudge) state.answers.add(output);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(shaped(path, body, output)));
  };
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    /** Sets what the answers of the next configuration are made of. */
    script(known, parts) {
      Object.assign(state, {
        known: known.toSorted((a, b) => plain(b.text).length - plain(a.text).length),
        parts,
        answers: new Set(),
      });
    },
    close: () => server.close(),
  };
}
