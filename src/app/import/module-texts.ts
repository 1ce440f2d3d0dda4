import type { JsonObject } from '../../core/json.ts';
import { functionOf } from './code.ts';

/** First line of every module that an import writes. */
export const HEAD = '// Written by promptgrid import.\n';

/** The messages of a prompt as promptfoo gives them to providers: a text, or JSON if there are several. */
const PROMPT_OF = `const promptOf = (messages) =>
  messages.length === 1 && messages[0].role === 'user' ? messages[0].content : JSON.stringify(messages);
`;

/** A module that answers with the prompt, as promptfoo's `echo` does. */
export const ECHO_MODULE = `${HEAD}${PROMPT_OF}
export default async ({ messages }) => ({ output: promptOf(messages), usage: { promptTokens: 0, completionTokens: 0 } });
`;

/** What a module needs to ask an HTTP endpoint. */
interface HttpModule {
  /** `url`, `method`, `headers`, `query` and `body`, with `{{prompt}}` and `${VARIABLE}` in their texts. */
  readonly request: JsonObject;
  /** Keys of the answer in the response. */
  readonly path: readonly (string | number)[];
  /** JavaScript of the configuration that takes the answer from `json` and `text`; null if the path says it. */
  readonly code: string | null;
}

/** A module that asks an HTTP endpoint. */
export function httpModule({ request, path, code }: HttpModule): string {
  const answer =
    code === null
      ? `const answerOf = (json, text) => (json === undefined ? text : PATH.reduce((value, key) => value?.[key], json));`
      : `const transform = ${functionOf(code, 'json, text')};
const answerOf = async (json, text) => {
  const made = await transform(json, text);
  const value = typeof made === 'function' ? await made(json, text) : made;
  return value?.output ?? value;
};`;
  return `${HEAD}${PROMPT_OF}
const REQUEST = ${JSON.stringify(request, null, 2)};
const PATH = ${JSON.stringify(path)};
${answer}

const fill = (value, prompt) => {
  if (typeof value === 'string') {
    return value.replace(/\\{\\{prompt\\}\\}|\\$\\{(\\w+)\\}/g, (_, name) => (name === undefined ? prompt : (process.env[name] ?? '')));
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, prompt));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, prompt)]));
};

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export default async ({ messages, signal }) => {
  const { url, method, headers, query, body } = fill(REQUEST, promptOf(messages));
  const address = new URL(url);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, String(value));
  const hasBody = body !== null && method !== 'GET';
  const response = await fetch(address, {
    method,
    headers: { ...(hasBody && typeof body !== 'string' ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(hasBody ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
    signal,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(\`HTTP \${response.status}: \${text.slice(0, 200)}\`);
  const answer = await answerOf(parsed(text), text);
  if (answer === undefined || answer === null) throw new Error('the response has no answer where it is looked for');
  return { output: typeof answer === 'string' ? answer : JSON.stringify(answer) };
};
`;
}

/** A module around a provider of promptfoo's: a class with `callApi`. @param from its path from the module's folder */
export function providerModule(from: string, options: JsonObject): string {
  return `${HEAD}import * as own from ${JSON.stringify(from)};

${PROMPT_OF}
const Provider = own.default?.default ?? own.default ?? own;
const provider = new Provider(${JSON.stringify(options, null, 2)});

export default async ({ messages }) => {
  const prompt = promptOf(messages);
  const { output, error, tokenUsage, cost } = await provider.callApi(prompt, { vars: {}, prompt: { raw: prompt, label: prompt } });
  if (error) throw new Error(String(error));
  return {
    output: typeof output === 'string' ? output : JSON.stringify(output),
    usage: { promptTokens: tokenUsage?.prompt, completionTokens: tokenUsage?.completion },
    ...(cost === undefined ? {} : { cost }),
  };
};
`;
}
