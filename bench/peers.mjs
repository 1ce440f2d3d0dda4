// Checks the scorers against pairs of answers and expected verdicts from other tools' test suites. node bench/peers.mjs
// <folder with pairs/*.jsonl> [--list] [--only <scorer>]; `npm run build` first. A line of pairs is {id, want, …} with
// score | assertion | reply | parse | list | threshold | records | csv | tools | choice | extract, which select the
// check; triage.json next to the folder explains known disagreements.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssertionCheck } from '../dist/modules/app/plan/assertion-check.js';
import { rowAssertions, rowThreshold } from '../dist/modules/app/scoring/row-assertions.js';
import { readRows } from '../dist/modules/datasets/index.js';
import { ASSERTION_KINDS } from '../dist/modules/scorers/assertion-kinds.js';
import { parseAssertion } from '../dist/modules/scorers/assertion-syntax.js';
import { createScorers, ReadyAssertions } from '../dist/modules/scorers/index.js';
import { readScore } from '../dist/modules/scorers/verdict.js';

const [folder, ...flags] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node bench/peers.mjs <folder with pairs/*.jsonl> [--list] [--only <scorer>]');
  process.exit(2);
}
const only = flags.includes('--only') ? flags[flags.indexOf('--only') + 1] : null;
const tools = { template: (_name, text) => ({ variables: [], render: () => text }), hiddenColumns: [] };
const ready = new ReadyAssertions(tools);
const triage = existsSync(join(folder, 'triage.json')) ? readJson(join(folder, 'triage.json')) : {};
const temp = mkdtempSync(join(tmpdir(), 'promptgrid-peers-'));
let files = 0;

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** As the app derives it from a row: a list in expected is several right answers. */
function inputOf({ output, expected, expectedJson, finishReason = 'stop' }) {
  const wanted = expectedJson === undefined ? (expected ?? null) : JSON.stringify(expectedJson);
  const texts = Array.isArray(expectedJson) ? expectedJson : Array.isArray(expected) ? expected : undefined;
  const alternatives = texts?.map((text) => (typeof text === 'string' ? text : JSON.stringify(text)));
  const completion = { output, finishReason, usage: null, cost: null };
  const text = Array.isArray(wanted) ? JSON.stringify(wanted) : wanted;
  const place = { provider: 'p', model: 'm', prompt: 'p', temperature: 0, repeat: 1, trialId: '1', rowId: '1' };
  return {
    row: { id: '1', hasOwnId: false, line: 1, vars: { expected: text } },
    output,
    expected: text,
    alternatives,
    completion,
    latencyMs: 1,
    attempts: 1,
    cached: false,
    saved: null,
    place,
    peers: [],
    ask: async () => ({ kind: 'failed', reason: 'no judge here' }),
  };
}

async function scoreBy(spec, pair) {
  const [made] = await createScorers([spec], tools).catch(refused);
  if (made === undefined) return 'refused';
  if (pair.want === 'usable') return 'usable';
  const input = inputOf(pair);
  // The dataset check rejects such a row before anything is paid.
  if (input.expected !== null && made.faultOf(input.expected) !== null) return 'refused';
  return (await made.score(input)).value;
}

/** An internal error is not a rejection. */
function refused(error) {
  if (error?.name === 'TypeError') throw error;
  return [];
}

async function rowsOf(text) {
  const path = join(temp, `${++files}.csv`);
  writeFileSync(path, text);
  const rows = [];
  for await (const row of readRows({ path, format: null, encoding: null, delimiter: null })) rows.push(row);
  return rows;
}

const nameOfKind = (kind) => [...ASSERTION_KINDS].find(([, one]) => one === kind)?.[0] ?? '?';

function parse({ parse: text, want }) {
  const { kind, isNegated, value, threshold } = parseAssertion(text);
  const type = nameOfKind(kind) === 'grade' ? 'llm-rubric' : nameOfKind(kind);
  const told = want?.value === null ? null : value;
  return { type: `${isNegated ? 'not-' : ''}${type}`, value: told, threshold: threshold ?? undefined };
}

function listOf({ list }) {
  const { kind, value, threshold } = parseAssertion(list);
  return kind.scorer({ value, threshold }).options.values;
}

async function csvTests({ csv, want }) {
  const [row] = await rowsOf(csv);
  if (want.raw) return { raw: { ...row.vars } };
  await new AssertionCheck('x.csv', [], { ...tools, hasJudgeModel: true }).add(row);
  const groups = [...rowAssertions(row)];
  const data = Object.entries(row.vars).filter(([name]) => !name.startsWith('__') && name !== '_expected');
  const threshold = rowThreshold(row);
  return {
    vars: Object.fromEntries(data),
    asserts: groups.flatMap(([, list]) => list.map(({ text }) => text.trim())),
    ...(want.metric ? { metric: groups[0]?.[0] } : {}),
    ...(threshold === null ? {} : { threshold }),
    ...(want.warned ? { warned: isWarnedOf(csv) } : {}),
    ...(want.trimmed ? { trimmed: true } : {}),
    ...(want.ignoresMeta ? { ignoresMeta: true } : {}),
  };
}

/** Whether a column with a misspelt assertion name is reported before the first call. */
function isWarnedOf(csv) {
  const path = join(temp, `${++files}.csv`);
  writeFileSync(path, csv);
  const program = new URL('../dist/cli/main.js', import.meta.url).pathname;
  const grid = ['--simulate', '--model', 'gpt-4o', '--prompt', 'x', '--no-cache'];
  const { stderr } = spawnSync(process.execPath, [program, 'estimate', path, ...grid], { cwd: temp, encoding: 'utf8' });
  return stderr.includes('assertions stand in "__');
}

/** Every named tool is called, and no other. */
async function toolCalls(pair) {
  const values = await Promise.all(pair.tools.map((tool) => scoreBy(`tool-call:${tool}`, pair)));
  return values.every((value) => value === 1) ? 1 : 0;
}

const WAYS = {
  score: (pair) => scoreBy(pair.score, pair),
  assertion: async (pair) => {
    const one = await ready.get(pair.assertion);
    const { value } = await one.score(inputOf(pair));
    return value === null ? null : value >= 1;
  },
  reply: ({ reply, scale }) => {
    const read = readScore(reply, scale);
    return 'verdict' in read ? read.verdict.value : null;
  },
  parse,
  list: listOf,
  threshold: ({ threshold }) => {
    rowThreshold({ id: '1', hasOwnId: false, line: 2, vars: { __threshold: threshold } });
    return 'usable';
  },
  records: async ({ records }) => (await rowsOf(records)).map(({ vars }) => Object.values(vars)),
  csv: csvTests,
  tools: toolCalls,
  choice: (pair) => scoreBy(pair.several ? { type: 'choice', several: true } : 'choice', pair),
  extract: (pair) => scoreBy({ type: 'extract', pattern: pair.extract }, pair),
};

async function oursOf(pair) {
  const way = Object.keys(WAYS).find((name) => name in pair);
  if (way === undefined) throw new Error(`no way to try ${pair.id}`);
  try {
    return await WAYS[way](pair);
  } catch (error) {
    if (error?.name === 'TypeError') throw error;
    return 'refused';
  }
}

function count(number) {
  return String(number).padStart(4);
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const known = Object.entries(value).filter(([, member]) => member !== undefined);
  return known.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]);
}

function agrees(ours, { want, tol = 5e-5 }) {
  if (want !== null && typeof want === 'object' && ('min' in want || 'max' in want)) {
    return typeof ours === 'number' && ours >= (want.min ?? -Infinity) && ours <= (want.max ?? Infinity);
  }
  if (typeof want === 'number') return typeof ours === 'number' && Math.abs(ours - want) <= tol;
  return JSON.stringify(sorted(ours)) === JSON.stringify(sorted(want));
}

let [pairs, agreed, unknown] = [0, 0, 0];
const kinds = {};
for (const file of readdirSync(join(folder, 'pairs'))
  .filter((name) => name.endsWith('.jsonl'))
  .toSorted()) {
  const name = file.slice(0, -'.jsonl'.length);
  if (only !== null && only !== name) continue;
  const lines = readFileSync(join(folder, 'pairs', file), 'utf8')
    .split('\n')
    .filter(Boolean);
  let agree = 0;
  for (const pair of lines.map((line) => JSON.parse(line))) {
    const ours = await oursOf(pair);
    pairs += 1;
    if (agrees(ours, pair)) {
      agree += 1;
      continue;
    }
    const kind = triage[pair.id] ?? 'without a known kind';
    kinds[kind] = (kinds[kind] ?? 0) + 1;
    if (triage[pair.id] === undefined) unknown += 1;
    if (flags.includes('--list')) console.log(JSON.stringify({ id: pair.id, kind, ours, want: pair.want }));
  }
  agreed += agree;
  console.log(
    `${name.padEnd(17)} ${count(lines.length)} pairs ${count(agree)} agree ${count(lines.length - agree)} disagree`,
  );
}
rmSync(temp, { recursive: true, force: true });
for (const [kind, times] of Object.entries(kinds).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  console.log(`${times} ${kind}`);
console.log(`${pairs} pairs, ${agreed} agree, ${pairs - agreed} disagree; of these without a known kind: ${unknown}`);
