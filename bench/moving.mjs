// Configurations of promptfoo's: what an import leaves out, and whether promptgrid gives the verdicts that promptfoo
// gives. Both ask one local server. Configurations are paths of files that you have: node bench/moving.mjs --modules
// <folder with promptfoo installed> <promptfooconfig.yaml> …
// Nothing outside is called: providers are pointed at the server, others are left out for both. To be sure of it, run it
// where there is no network: unshare -rn sh -c 'ip link set lo up; node bench/moving.mjs …'
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { inFolder, PROGRAM } from './support/program.mjs';
import { scriptedVendors } from './support/scripted-vendors.mjs';

const { values, positionals } = parseArgs({
  options: { modules: { type: 'string', default: '.' } },
  allowPositionals: true,
});
const QUIET = {
  PROMPTFOO_DISABLE_TELEMETRY: '1',
  PROMPTFOO_DISABLE_UPDATE: '1',
  PROMPTFOO_DISABLE_REMOTE_GENERATION: 'true',
  PROMPTFOO_DISABLE_SHARING: '1',
  PROMPTFOO_SELF_HOSTED: '1',
};
const KEYS = [
  'OPENAI_API_KEY',
  'ANTHROPIC_API_KEY',
  'GEMINI_API_KEY',
  'GOOGLE_API_KEY',
  'AZURE_API_KEY',
  'AZURE_OPENAI_API_KEY',
];

/** Runs a program to its end. @returns its exit status and what it wrote */
async function ended(program, words, { cwd, env }) {
  const options = { cwd, maxBuffer: 1e9, timeout: 300_000, env: { PATH: process.env.PATH, NO_COLOR: '1', ...env } };
  const run = promisify(execFile)(process.execPath, [program, ...words], options);
  return run
    .then(({ stdout, stderr }) => ({ status: 0, stdout, stderr }))
    .catch(({ code, stdout, stderr }) => ({ status: code, stdout, stderr }));
}

/** A provider that asks the local server; null for one that cannot. */
function pointed(item, origin) {
  const provider = typeof item === 'string' ? { id: item } : item;
  // Vertex signs in at Google, so its models are asked by the Gemini API.
  const id = (provider.id ?? '').replace(/^vertex:/, 'google:');
  const at = (path, more = {}) => ({
    ...provider,
    id,
    config: { ...provider.config, apiBaseUrl: `${origin}${path}`, ...more },
  });
  if (/^https?:/.test(id)) return { ...provider, id: `${origin}/own` };
  if (/^openai:(?:chat:|responses:|embeddings?:)?[^:]+$/.test(id)) return at('/v1');
  if (id.startsWith('anthropic:')) return at('');
  if (id.startsWith('google:')) return at('');
  if (/^azure:(?:chat|embeddings?):/.test(id)) return at('', { apiHost: undefined });
  return null;
}

/** The same with every judge pointed at the local server; those that cannot be are left out. */
function withJudges(value, origin) {
  if (Array.isArray(value)) return value.map((item) => withJudges(item, origin));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    key === 'provider' ? judgeOf(item, origin) : withJudges(item, origin),
  ]);
  return Object.fromEntries(entries.filter(([, item]) => item !== null));
}

function judgeOf(item, origin) {
  if (typeof item === 'string' || item.id !== undefined) return pointed(item, origin);
  const kinds = Object.entries(item).map(([kind, one]) => [kind, pointed(one, origin)]);
  return Object.fromEntries(kinds.filter(([, one]) => one !== null));
}

/** Every text of assertions and variables in a configuration and its files of tests. */
function textsIn(value) {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Texts that assertions look for. */
function wantedParts(rows) {
  const cells = rows.flatMap((row) => Object.entries(row).filter(([name]) => name.startsWith('__expected')));
  return cells.flatMap(([, cell]) => {
    const text = String(cell).replace(/^(?:not-)?[a-z-]+(?:\([^)]*\))?:/, '');
    const list = text.startsWith('[') ? JSON.parse(text) : text.split(',');
    return /^(?:is-json|contains-json|llm-rubric|latency|cost)/.test(cell) ? [] : list.map((one) => String(one).trim());
  });
}

async function imported(config, out, words = []) {
  const { status, stdout, stderr } = await ended(PROGRAM, ['import', config, '--out', out, '--json', ...words], {
    cwd: dirname(config),
  });
  return status === 0 ? JSON.parse(stdout) : { refused: stderr.split('\n')[0] };
}

/** Verdicts of promptfoo by row, in the order of its columns. */
async function promptfooVerdicts(config, folder, env) {
  const { bin } = JSON.parse(await readFile(join(values.modules, 'node_modules/promptfoo/package.json'), 'utf8'));
  const out = join(folder, 'promptfoo.json');
  const words = ['eval', '-c', config, '--no-cache', '--no-table', '--no-progress-bar', '-o', out];
  const program = resolve(values.modules, 'node_modules/promptfoo', bin.promptfoo);
  const { stderr } = await ended(program, words, {
    cwd: dirname(config),
    env: { ...env, ...QUIET, HOME: folder, PROMPTFOO_CONFIG_DIR: join(folder, '.promptfoo') },
  });
  const { results } = JSON.parse(
    await readFile(out, 'utf8').catch(() => {
      throw new Error(stderr);
    }),
  );
  const sorted = results.results.toSorted((a, b) => a.testIdx - b.testIdx || a.promptIdx - b.promptIdx);
  return sorted.map(({ testIdx, success, response, error }) => ({
    row: testIdx,
    passed: success,
    output: response?.output,
    error,
  }));
}

const modelOf = (line) => line.label || line.model;

/** Those of promptgrid in the same order: by row, then by model, then by prompt. */
async function promptgridVerdicts(folder, env) {
  const { status, stderr } = await ended(PROGRAM, ['run', '--out', 'run', '--no-cache', '--no-report', '--overwrite'], {
    cwd: folder,
    env,
  });
  if (status !== 0 && status !== 3)
    return { refused: stderr.split('\n').find((line) => line.startsWith('error')) ?? stderr };
  const lines = (await readFile(join(folder, 'run/results.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const order = (keyOf) => [...new Set(lines.map(keyOf))];
  const [models, prompts, rows] = [order(modelOf), order(({ prompt }) => prompt), order(({ row_id: id }) => id)];
  const place = (line) => [rows.indexOf(line.row_id), models.indexOf(modelOf(line)), prompts.indexOf(line.prompt)];
  const sorted = lines.toSorted((a, b) => place(a).reduce((sum, at, index) => sum || at - place(b)[index], 0));
  return {
    verdicts: sorted.map((line) => ({
      row: rows.indexOf(line.row_id),
      passed: line.passed,
      output: line.output,
      status: line.status,
    })),
  };
}

/**
 * Trials of both side by side. Where an import left prompts out, there are fewer: answers depend on the row alone, so any
 * of its trials will do.
 */
function paired(theirs, ours) {
  if (theirs.length === ours.length) return theirs.map((one, index) => [one, ours[index]]);
  return ours.flatMap((mine) => {
    const one = theirs.find(({ row }) => row === mine.row);
    return one === undefined ? [] : [[one, mine]];
  });
}

async function compared(path, server, folder) {
  const whole = {
    without: await imported(path, join(folder, 'plain')),
    withCode: await imported(path, join(folder, 'code'), ['--allow-code']),
  };
  const config = parse(await readFile(path, 'utf8'));
  const section = config.providers === undefined ? 'targets' : 'providers';
  config[section] = [config[section]]
    .flat()
    .map((item) => pointed(item, server.origin))
    .filter((item) => item !== null);
  for (const key of ['tests', 'defaultTest'])
    if (config[key] !== undefined) config[key] = withJudges(config[key], server.origin);
  const own = join(dirname(path), '.promptgrid-moving.yaml');
  await writeFile(own, stringify(config));
  try {
    const made = await imported(own, join(folder, 'local'), ['--allow-code']);
    if (made.refused !== undefined) return { path, ...whole };
    const rows = (await readFile(join(folder, 'local/tests.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const known = rows.flatMap((row) => {
      const vars = Object.entries(row).filter(([name]) => !name.startsWith('__'));
      return vars.flatMap(([, value]) => textsIn(value)).map((one) => ({ text: one, own: wantedParts([row]) }));
    });
    server.script(known, [...new Set(wantedParts(rows)), 'Arrr, Ahoy, world', 'Yarr']);
    const env = {
      ...Object.fromEntries(KEYS.map((name) => [name, 'key'])),
      OPENAI_BASE_URL: `${server.origin}/v1`,
      ANTHROPIC_BASE_URL: server.origin,
    };
    const theirs = await promptfooVerdicts(own, folder, env);
    const ours = await promptgridVerdicts(join(folder, 'local'), env);
    if (ours.refused !== undefined) return { path, ...whole, refusedToRun: ours.refused };
    const pairs = paired(theirs, ours.verdicts);
    const judged = pairs.filter(([, mine]) => typeof mine?.passed === 'boolean');
    const other = judged.filter(([one, mine]) => one.passed !== mine.passed);
    return {
      path,
      ...whole,
      trials: [theirs.length, ours.verdicts.length],
      judged: judged.length,
      passed: judged.filter(([one]) => one.passed).length,
      equal: judged.length - other.length,
      other: other.slice(0, 5),
    };
  } finally {
    await rm(own);
  }
}

const server = await scriptedVendors();
const found = [];
for (const path of positionals) {
  const one = await inFolder((folder) => compared(resolve(path), server, folder)).catch((error) => ({
    path,
    failed: String(error).slice(0, 500),
  }));
  process.stderr.write(`${path}: ${one.failed ?? one.refusedToRun ?? `${one.equal} of ${one.judged} verdicts`}\n`);
  found.push(one);
}
server.close();
const lossless = found.filter(({ withCode }) => withCode?.unknown?.length === 0).length;
const refused = found.filter(({ withCode }) => withCode?.refused !== undefined).length;
const sum = (key) => found.reduce((total, one) => total + (one[key] ?? 0), 0);
process.stdout.write(
  `${JSON.stringify({ configurations: found.length, refused, lossless, judged: sum('judged'), passed: sum('passed'), equal: sum('equal'), found }, null, 2)}\n`,
);
