import { text } from 'node:stream/consumers';
import { isJsonArray, isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import { type Ending, type LocalServer, localServer, type Reply, send } from './http-server.ts';

/** A request as the server got it. */
interface AzureRequest {
  readonly path: string;
  readonly body: JsonObject;
}

/**
 * Azure's OpenAI with the deployment `chat-1` of gpt-4o: its addresses of `/openai/v1` and the older ones with an
 * `api-version` (Microsoft Learn, "Azure OpenAI REST API reference", of 2024-10-21; `ContentFilterResults` there).
 */
export interface AzureVendor extends Omit<LocalServer, 'url'> {
  readonly requests: readonly AzureRequest[];
}

/** The key that it takes. */
export const AZURE_KEY = ['azure', 'key-123456'].join('-');

const DEPLOYMENT = 'chat-1';

/** Starts one that ends with the test. */
export async function azureVendor(context: Ending): Promise<AzureVendor> {
  const requests: AzureRequest[] = [];
  const server = await localServer(context, async (request, response) => {
    const sent = parseJson(await text(request));
    const body = isJsonObject(sent) ? sent : {};
    const path = request.url ?? '';
    requests.push({ path, body });
    send(response, replyTo(path, body, request.headers['api-key']));
  });
  return { ...server, requests };
}

function replyTo(path: string, body: JsonObject, key: string | string[] | undefined): Reply {
  if (key !== AZURE_KEY)
    return refusal(401, '401', 'Access denied due to invalid subscription key or wrong API endpoint.');
  const { pathname, searchParams } = new URL(path, 'http://azure');
  const [, older] = /^\/openai\/deployments\/([^/]+)\/chat\/completions$/.exec(pathname) ?? [];
  if (older === undefined && pathname !== '/openai/v1/chat/completions')
    return refusal(404, '404', 'Resource not found');
  if (older !== undefined && !searchParams.has('api-version')) return refusal(404, '404', 'Resource not found');
  if ((older ?? body['model']) !== DEPLOYMENT) {
    const message =
      'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.';
    return refusal(404, 'DeploymentNotFound', message);
  }
  const { messages = [] } = body;
  const isBad = isJsonArray(messages) && messages.some((one) => isJsonObject(one) && one['content'] === 'hate');
  return isBad
    ? FILTERED
    : { body: COMPLETION, headers: { 'x-ratelimit-remaining-requests': '9', 'x-ratelimit-reset-requests': '1s' } };
}

function refusal(status: number, code: string, message: string): Reply {
  return { status, body: { error: { code, message } } };
}

const FILTERED: Reply = {
  status: 400,
  body: {
    error: {
      message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
      type: null,
      param: 'prompt',
      code: 'content_filter',
      status: 400,
      innererror: {
        code: 'ResponsibleAIPolicyViolation',
        content_filter_result: { hate: { filtered: true, severity: 'high' } },
      },
    },
  },
};

const SAFE = { hate: { filtered: false, severity: 'safe' }, jailbreak: { filtered: false, detected: true } };

const COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_764_000_000,
  model: 'gpt-4o-2024-11-20',
  prompt_filter_results: [{ prompt_index: 0, content_filter_results: SAFE }],
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Paris', refusal: null },
      finish_reason: 'stop',
      content_filter_results: SAFE,
    },
  ],
  usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
};
