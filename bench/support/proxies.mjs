// An upstream that bills what it reads, and common proxies between a program and such a server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/** Dollars per 1,000,000 tokens, as `--price` takes them. */
export const PRICE = '3,15';
/** The words of a run against it, directly or by way of a proxy. */
export const PRICED_RUN = 'run rows.csv --out run --provider custom -m m --max-tokens 100 --no-cache --currency USD'
  .split(' ')
  .concat('--price', `m=${PRICE}`);
/** Picounits a token: 10⁻¹² dollars. */
const RATES = { prompt: 3_000_000n, completion: 15_000_000n };

/** Timeout of the proxies for the upstream. */
const PROXY_TIMEOUT_MS = 300;
/** Duration of a slow answer. */
const SLOW_MS = 900;
/** Number of repeats by the proxy that repeats requests. */
const REPEATS = 2;
/** A proxy that compiles its configuration starts slowly on a busy machine. */
const START_LIMIT_MS = 60_000;

/** Every third question, at first: as often as a proxy repeats it before it gives up. */
function slowness() {
  const asked = new Map();
  return (question) => {
    const times = (asked.get(question) ?? 0) + 1;
    asked.set(question, times);
    return Number(/\d+/.exec(question)?.[0] ?? 0) % 3 === 0 && times <= 1 + REPEATS;
  };
}

/**
 * A chat API that bills a request when it has read it, one token per byte and the longest answer, whether or not the
 * client still waits. It answers a third of the questions too late for the proxies.
 */
export async function startUpstream() {
  let [calls, billed] = [0, 0n];
  const isSlow = slowness();
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  const answer = async (request, response) => {
    if (request.method === 'GET') return send(response, { object: 'list', data: [{ id: 'm', object: 'model' }] });
    const { messages, max_tokens: completionTokens } = await json(request);
    const promptTokens = messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
    calls += 1;
    billed += BigInt(promptTokens) * RATES.prompt + BigInt(completionTokens) * RATES.completion;
    const id = `up-${calls}`;
    await delay(isSlow(messages.at(-1).content) ? SLOW_MS : 5);
    send(response, {
      id,
      object: 'chat.completion',
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content: 'An answer.' }, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: promptTokens,
        completion_tokens: completionTokens,
        total_tokens: promptTokens + completionTokens,
      },
    });
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  return {
    port,
    /** Chat requests read so far, and their cost in picounits. */
    stats: () => ({ calls, billed }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function send(response, body) {
  const text = JSON.stringify(body);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

const nginx = {
  program: 'nginx',
  words: (folder) => ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')],
  files: (folder, port, upstream) => ({
    'nginx.conf': `daemon off;
worker_processes 1;
error_log stderr crit;
pid ${folder}/nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:${upstream};
      proxy_read_timeout ${PROXY_TIMEOUT_MS}ms;
    }
  }
}
`,
  }),
};

function haproxy(retries) {
  const repeating = retries === 0 ? 'retries 0' : `retries ${retries}\n  retry-on all-retryable-errors`;
  return {
    program: 'haproxy',
    words: (folder) => ['-db', '-f', join(folder, 'haproxy.cfg')],
    files: (_folder, port, upstream) => ({
      'haproxy.cfg': `global
  maxconn 256
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server ${PROXY_TIMEOUT_MS}ms
  ${repeating}
listen proxy
  bind 127.0.0.1:${port}
  server upstream 127.0.0.1:${upstream}
`,
    }),
  };
}

const varnish = {
  program: 'varnishd',
  // No change of user and no command port, so that root is not needed.
  words: (folder, port) => [
    '-F',
    '-j',
    'none',
    '-T',
    'none',
    '-n',
    join(folder, 'varnish'),
    '-s',
    'malloc,16m',
    '-f',
    join(folder, 'proxy.vcl'),
    '-a',
    `127.0.0.1:${port}`,
  ],
  files: (_folder, _port, upstream) => ({
    'proxy.vcl': `vcl 4.1;
backend default {
  .host = "127.0.0.1";
  .port = "${upstream}";
  .first_byte_timeout = ${PROXY_TIMEOUT_MS}ms;
}
sub vcl_recv { return (pass); }
`,
  }),
};

/** The proxy between the program and the upstream; `repeats`: how often it repeats a request by itself. */
export const PROXIES = [
  { name: 'direct', program: null, repeats: 0 },
  { name: 'nginx', repeats: 0, ...nginx },
  { name: 'HAProxy', repeats: 0, ...haproxy(0) },
  { name: `HAProxy, ${REPEATS} retries`, repeats: REPEATS, ...haproxy(REPEATS) },
  { name: 'Varnish', repeats: 0, ...varnish },
];

/** The path of a proxy's program; null if it is not installed. */
export function programOf({ program }) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, program)).find(isExecutable) ?? null;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The flags that make a call time out at the same time behind each of the proxies, and without one. */
export function timeoutWords({ program }) {
  return ['--timeout', program === null ? String(PROXY_TIMEOUT_MS / 1000) : '60'];
}

/** Starts a proxy in front of an upstream, in an existing folder; `direct` is the upstream itself. */
export async function startProxy(proxy, folder, upstream) {
  if (proxy.program === null) return { url: `http://127.0.0.1:${upstream.port}/v1`, close: async () => undefined };
  const path = programOf(proxy);
  if (path === null) throw new Error(`there is no ${proxy.program} on this machine`);
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  for (const [name, text] of Object.entries(proxy.files(folder, port, upstream.port))) {
    await writeFile(join(folder, name), text);
  }
  const child = spawn(path, proxy.words(folder, port), { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => said.push(String(text)));
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(said.push(error.message)));
    child.once('close', resolve);
  });
  const close = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  };
  const isUp = await Promise.race([ended.then(() => false), accepts(port)]);
  if (isUp) return { url: `http://127.0.0.1:${port}/v1`, close };
  await close();
  throw new Error(`${proxy.name} did not start: ${said.join('')}`);
}

export async function freePort() {
  const server = createTcpServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** True once a port accepts connections; false if none does in time. */
async function accepts(port) {
  const deadlineMs = performance.now() + START_LIMIT_MS;
  while (performance.now() < deadlineMs) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isUp) return true;
    await delay(20);
  }
  return false;
}
