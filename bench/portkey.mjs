// Portkey's gateway in front of doubles of OpenAI, Anthropic and Gemini: the same answers as without it, and what is
// known of their costs. The package is installed in a temporary folder, or in `--modules <folder>`, which stays.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { printTable } from './support/draws.mjs';
import { readFlags } from './support/flags.mjs';
import { inFolder, readJsonLines, run, writeQuestions } from './support/program.mjs';
import { freePort } from './support/proxies.mjs';

const PACKAGE = '@portkey-ai/gateway';
const VERSION = '1.15.2';
const flags = readFlags({ rows: 20, modules: undefined });
const START_LIMIT_MS = 60_000;

/** Anthropic's writes are kept for five minutes, or some of them for an hour, which costs more. */
const anthropicUsage = (long) => ({
  input_tokens: 5,
  cache_read_input_tokens: 1800,
  cache_creation_input_tokens: 248,
  cache_creation: { ephemeral_5m_input_tokens: 248 - long, ephemeral_1h_input_tokens: long },
  output_tokens: 503,
  output_tokens_details: { thinking_tokens: 400 },
});

/** Gemini's total has all four counts; results of tools are one of them. */
const geminiUsage = (tools) => ({
  promptTokenCount: 1000,
  cachedContentTokenCount: 800,
  toolUsePromptTokenCount: tools,
  candidatesTokenCount: 20,
  thoughtsTokenCount: 300,
  totalTokenCount: 1320 + tools,
});

const OPENAI_USAGE = {
  prompt_tokens: 2048,
  prompt_tokens_details: { cached_tokens: 1024 },
  completion_tokens: 10,
  completion_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 2058,
};

const anthropicAnswer = (text, usage) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5',
  content: [{ type: 'text', text }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage,
});

const geminiAnswer = (text, usageMetadata) => ({
  candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP', index: 0 }],
  usageMetadata,
  modelVersion: 'gemini-2.5-flash',
  responseId: 'r-1',
});

const openaiAnswer = (text) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-4o',
  choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
  usage: OPENAI_USAGE,
});

/** An API with the usage of each vendor; `promptgrid` and Portkey put its path together in their own ways. */
const VENDORS = [
  {
    name: 'OpenAI',
    kind: 'openai',
    portkey: 'openai',
    model: 'gpt-4o',
    price: [2.5, 10, 1.25, 2.5],
    base: 'v1',
    answer: openaiAnswer,
  },
  {
    name: 'Anthropic',
    kind: 'anthropic',
    portkey: 'anthropic',
    model: 'claude-sonnet-4-5',
    price: [3, 15, 0.3, 3.75, 6],
    base: 'v1',
    answer: (text) => anthropicAnswer(text, anthropicUsage(0)),
  },
  {
    name: 'Anthropic, cached for an hour',
    kind: 'anthropic',
    portkey: 'anthropic',
    model: 'claude-sonnet-4-5',
    price: [3, 15, 0.3, 3.75, 6],
    base: 'v1',
    // Portkey leaves out for how long tokens are kept.
    mayDiffer: true,
    answer: (text) => anthropicAnswer(text, anthropicUsage(100)),
  },
  {
    name: 'Gemini',
    kind: 'gemini',
    portkey: 'google',
    model: 'gemini-2.5-flash',
    price: [0.3, 2.5, 0.03, 0.3],
    base: 'v1beta',
    answer: (text) => geminiAnswer(text, geminiUsage(0)),
  },
  {
    name: 'Gemini with results of tools',
    kind: 'gemini',
    portkey: 'google',
    model: 'gemini-2.5-flash',
    price: [0.3, 2.5, 0.03, 0.3],
    base: 'v1beta',
    answer: (text) => geminiAnswer(text, geminiUsage(50)),
  },
];

/** Answers as the vendor whose number begins the path; the answer repeats the question. */
async function reply(request, response) {
  if (request.method === 'GET') return response.writeHead(404).end();
  const body = JSON.stringify(await json(request));
  const question = /What is \d+ plus one\?/.exec(body)?.[0] ?? 'nothing';
  const vendor = VENDORS[Number(/^\/(\d+)\//.exec(request.url)?.[1])];
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(vendor.answer(`Asked: ${question}`)));
}

/** A double of all vendors, each below a folder of its number. */
async function startDoubles() {
  const server = createServer((request, response) => void reply(request, response).catch(() => response.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, origin: `http://127.0.0.1:${server.address().port}` };
}

/** The gateway's script; the package is installed where it is missing. */
async function installed(folder) {
  const modules = flags.modules === undefined ? join(folder, 'portkey') : resolve(flags.modules);
  const script = join(modules, 'node_modules', PACKAGE, 'build', 'start-server.js');
  await mkdir(modules, { recursive: true });
  if (!existsSync(script)) {
    process.stderr.write(`installing ${PACKAGE}@${VERSION} …\n`);
    const words = ['install', `${PACKAGE}@${VERSION}`, '--omit=peer', '--ignore-scripts', '--no-audit', '--no-fund'];
    await writeFile(join(modules, 'package.json'), '{ "private": true }\n');
    await promisify(execFile)('npm', words, { cwd: modules });
  }
  return script;
}

/** Starts the gateway, which calls the double instead of the vendors. */
async function startGateway(script) {
  const port = await freePort();
  const env = { PATH: process.env.PATH ?? '', NODE_ENV: 'production', TRUSTED_CUSTOM_HOSTS: '127.0.0.1' };
  const child = spawn(process.execPath, [script, `--port=${port}`, '--headless'], { env, stdio: 'ignore' });
  const origin = `http://127.0.0.1:${port}`;
  const deadlineMs = performance.now() + START_LIMIT_MS;
  for (;;) {
    const isUp = await fetch(origin).then(
      () => true,
      () => false,
    );
    if (isUp) return { child, origin };
    if (child.exitCode !== null || performance.now() > deadlineMs) throw new Error('the gateway does not start');
    await delay(50);
  }
}

/** Settings with each vendor twice: called directly, and by way of the gateway. */
function settings(gateway, doubles) {
  const models = VENDORS.flatMap(({ model, price }, index) =>
    ['direct', 'portkey'].map((way) => ({ id: model, provider: `${way}${index}`, label: `${way}-${index}`, price })),
  );
  const providers = VENDORS.flatMap(({ kind, portkey, base }, index) => {
    const address = `${doubles}/${index}/${base}`;
    const headers = {
      authorization: 'Bearer no-real-key',
      'x-portkey-provider': portkey,
      // Portkey adds the version itself for Gemini.
      'x-portkey-custom-host': kind === 'gemini' ? `${doubles}/${index}` : address,
    };
    return [
      [`direct${index}`, { kind, baseUrl: address }],
      [`portkey${index}`, { kind: 'custom', baseUrl: `${gateway}/v1`, headers }],
    ];
  });
  const common = { dataset: 'rows.csv', prompt: '{{ prompt }}', maxTokens: 1000, currency: 'USD' };
  return JSON.stringify({ ...common, model: models, providers: Object.fromEntries(providers) });
}

/** Tokens of a line of results. */
const tokens = ({ prompt_tokens: prompt, cached_tokens: cached, completion_tokens: answer }) =>
  `${prompt ?? '–'} (${cached ?? '–'}) + ${answer ?? '–'}`;

/** A table row for a vendor; `isGood`: the same answers, and a cost that is right or said to be unknown. */
function compared({ name, model, mayDiffer = false }, index, { lines, told }) {
  const [direct, portkey] = ['direct', 'portkey'].map((way) =>
    lines.filter(({ label }) => label === `${way}-${index}`),
  );
  const same = direct.filter(({ row_id: row, output }) =>
    portkey.some((line) => line.row_id === row && line.status === 'completed' && line.output === output),
  ).length;
  const [cost, through] = [direct, portkey].map(([line]) => line.total_cost ?? null);
  const reason = through === null && told.includes(`the usage that ${model} reports does not add up`);
  const isRight = through === null ? reason : through === cost || mayDiffer;
  const line = [
    name,
    `${same}/${direct.length}`,
    tokens(direct[0]),
    cost,
    tokens(portkey[0]),
    through ?? (reason ? 'unknown, said' : 'unknown'),
  ];
  return { line, isGood: same === flags.rows && isRight };
}

await inFolder(async (folder) => {
  const script = await installed(folder);
  const [gateway, doubles] = [await startGateway(script), await startDoubles()];
  try {
    await writeQuestions(join(folder, 'rows.csv'), flags.rows);
    await writeFile(join(folder, 'promptgrid.yaml'), settings(gateway.origin, doubles.origin));
    const words = ['run', '--out', 'run', '--no-cache', '--no-model-check', '--no-report', '--format', 'jsonl'];
    const { status, stderr } = await run(folder, words);
    if (status !== 0) throw new Error(`the run ended with ${status}: ${stderr}`);
    const lines = await readJsonLines(join(folder, 'run', 'results.jsonl'));
    const rows = VENDORS.map((vendor, index) => compared(vendor, index, { lines, told: stderr }));
    const head = [
      'behind it',
      'same answers',
      'direct: tokens in (cached) + out',
      'dollars',
      'by Portkey',
      'dollars',
      'right',
    ];
    printTable(
      `${PACKAGE} ${VERSION}, per answer`,
      head,
      rows.map(({ line, isGood }) => [...line, isGood ? 'yes' : 'NO']),
    );
    if (rows.some(({ isGood }) => !isGood)) process.exitCode = 1;
    process.stderr.write(`${stderr.match(/^warning: .*does not add up.*$/m)?.[0] ?? 'no warning'}\n`);
  } finally {
    gateway.child.kill();
    doubles.server.closeAllConnections();
    doubles.server.close();
  }
});
