// Packs promptgrid, installs the package in an empty folder as a user would, and uses it there.
// Exit status 0 when everything worked; every failed step is named.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MEBIBYTE = 1024 * 1024;
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const work = mkdtempSync(join(tmpdir(), 'promptgrid-package-'));
const consumer = join(work, 'consumer');
const packed = join(work, 'packed');
const failures = [];

/** Runs one step; a step fails by throwing. */
async function step(name, act) {
  try {
    const note = await act();
    console.log(`ok      ${name}${note === undefined ? '' : `: ${note}`}`);
  } catch (error) {
    failures.push(name);
    console.log(`FAILED  ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function check(holds, what) {
  if (!holds) throw new Error(what);
}

/** The environment without what npm adds for the script it is running, which would point back at this checkout. */
function userEnvironment() {
  const added = /^(?:npm_(?:package|lifecycle)_.*|npm_config_(?:local_)?prefix|npm_command|INIT_CWD)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !added.test(name)));
}

/** What a command prints on stdout; throws with all of its output when it fails. */
function output(command, words, cwd) {
  const script = command === 'node' ? null : npmScript(command);
  const [file, args] =
    script === null ? [command === 'node' ? process.execPath : command, words] : [process.execPath, [script, ...words]];
  const ended = spawnSync(file, args, {
    cwd,
    encoding: 'utf8',
    env: userEnvironment(),
    shell: script === null && command !== 'node' && process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (ended.error !== undefined) throw ended.error;
  check(ended.status === 0, `${command} ${words.join(' ')} ended with ${ended.status}\n${ended.stdout}${ended.stderr}`);
  return ended.stdout;
}

/** The JavaScript file of npm or npx when this runs under npm, so that no shell is needed; null otherwise. */
function npmScript(command) {
  const npm = process.env.npm_execpath;
  return npm === undefined ? null : npm.replace(/npm-cli\.js$/, `${command}-cli.js`);
}

function tarball() {
  const [file] = readdirSync(packed).filter((name) => name.endsWith('.tgz'));
  check(file !== undefined, 'there is no package');
  return join(packed, file);
}

function mebibytes(bytes) {
  return `${(bytes / MEBIBYTE).toFixed(2)} MiB`;
}

/** Bytes of all files below a folder. */
function sizeOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((bytes, entry) => bytes + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function pack() {
  mkdirSync(packed);
  output('npm', ['pack', '--pack-destination', packed], ROOT);
  return mebibytes(statSync(tarball()).size);
}

function install() {
  mkdirSync(consumer);
  // Without install scripts: the package must need no step of its own to run.
  const words = ['install', tarball(), '--omit=dev', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  output('npm', [...words, '--prefix', consumer], consumer);
  return `${mebibytes(sizeOf(join(consumer, 'node_modules')))} with all it depends on`;
}

async function lintPackage() {
  const file = readFileSync(tarball());
  const bytes = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: bytes }, strict: true });
  check(messages.length === 0, messages.map((message) => formatMessage(message, pkg)).join('\n'));
}

function version() {
  const shown = output('npx', ['promptgrid', '--version'], consumer).trim();
  check(shown === manifest.version, `printed ${shown}, expected ${manifest.version}`);
  return shown;
}

function help() {
  const shown = output('npx', ['promptgrid', '--help'], consumer);
  for (const command of ['run', 'compare', 'baseline', 'models', 'balance', 'cache', 'gateway', 'init']) {
    check(new RegExp(`\\b${command}\\b`).test(shown), `does not name the command ${command}`);
  }
}

function simulatedRun() {
  const datasets = 'node_modules/promptgrid/datasets';
  const answers = ['--simulate', `${datasets}/answers/support.jsonl`];
  const words = [
    'promptgrid',
    'run',
    `${datasets}/support.csv`,
    ...answers,
    '--model',
    'gpt-4o',
    '--score',
    'exact',
    '--out',
    'out',
  ];
  output('npx', words, consumer);
  for (const file of ['run.json', 'journal.jsonl', 'results.csv', 'results.jsonl', 'summary.json', 'report.html']) {
    check(
      statSync(join(consumer, 'out', file), { throwIfNoEntry: false })?.size > 0,
      `out/${file} is missing or empty`,
    );
  }
  const results = readFileSync(join(consumer, 'out', 'results.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const errored = results.filter((result) => result.status !== 'completed').length;
  check(errored === 0, `${errored} of ${results.length} results are not completed`);
  return `${results.length} results`;
}

function library() {
  const script = "const m = await import('promptgrid'); if (typeof m.run !== 'function') throw new Error('no run');";
  output('node', ['--input-type=module', '--eval', script], consumer);
}

function vitestHelper() {
  const script =
    "const m = await import('promptgrid/vitest'); const c = await m.expectNoRegression('out', 'out'); if (c.verdict !== 'unchanged') throw new Error(c.verdict);";
  output('node', ['--input-type=module', '--eval', script], consumer);
}

function declarations() {
  writeFileSync(
    join(consumer, 'use.mts'),
    "import { run } from 'promptgrid';\nexport const start: typeof run = run;\n",
  );
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const words = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023', 'use.mts'];
  output('node', [tsc, ...words], consumer);
}

try {
  await step('npm pack', pack);
  await step('publint', lintPackage);
  await step('npm install', install);
  await step('npx promptgrid --version', version);
  await step('npx promptgrid --help', help);
  await step('npx promptgrid run, simulated', simulatedRun);
  await step("import('promptgrid')", library);
  await step("import('promptgrid/vitest')", vitestHelper);
  await step('type declarations', declarations);
} finally {
  rmSync(work, { recursive: true, force: true });
}
if (failures.length > 0) {
  console.error(`failed: ${failures.join(', ')}`);
  process.exitCode = 1;
}
