// The same calls by promptfoo and by a script of the openai SDK, beside promptgrid and the floor: processor time a
// call. Their packages are installed in a temporary folder, or in `--modules <folder>`, which stays.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { cells, line } from '../support/figures.mjs';
import { readFlags } from '../support/flags.mjs';
import { gridOf, gridWords } from '../support/grid.mjs';
import { loadAverage, machine, versions } from '../support/machine.mjs';
import { FLOOR, measure, median } from '../support/measure.mjs';
import { inFolder, tell } from '../support/program.mjs';
import { writeSections } from '../support/results-page.mjs';
import { withServer } from '../support/server.mjs';
import { tableText } from '../support/table.mjs';

const flags = readFlags({ calls: 4000, concurrency: 64, rounds: 2, modules: undefined, write: false });
const own = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Nothing outside the machine is called: telemetry, the check for updates, sharing and remote generation are off. */
const QUIET = {
  PROMPTFOO_DISABLE_TELEMETRY: '1',
  PROMPTFOO_DISABLE_UPDATE: '1',
  PROMPTFOO_DISABLE_REMOTE_GENERATION: 'true',
  PROMPTFOO_DISABLE_SHARING: '1',
  PROMPTFOO_SELF_HOSTED: '1',
};

/** Installs the peers where they are missing. @returns their folder */
async function installed(folder) {
  const modules = flags.modules === undefined ? join(folder, 'peers') : resolve(flags.modules);
  await mkdir(modules, { recursive: true });
  for (const name of ['package.json', 'sdk-loop.mjs']) await copyFile(own(name), join(modules, name));
  if (!existsSync(join(modules, 'node_modules', 'promptfoo'))) {
    const words = ['install', '--omit=peer', '--ignore-scripts', '--no-audit', '--no-fund'];
    process.stderr.write('installing promptfoo, openai and p-limit …\n');
    await promisify(execFile)('npm', words, { cwd: modules });
  }
  return modules;
}

/** The same grid as a configuration of promptfoo. */
function promptfooConfig(dataset, apiBaseUrl) {
  const providers = ['plain-a', 'plain-b'].flatMap((model) =>
    [0, 0.7].map((temperature) => ({
      id: `openai:chat:${model}`,
      label: `${model} ${temperature}`,
      config: { apiBaseUrl, apiKey: 'key', temperature, max_tokens: 128 },
    })),
  );
  const assert = [{ type: 'contains', value: '{{expected}}' }];
  return { prompts: ['Answer briefly. {{question}}'], providers, defaultTest: { assert }, tests: `file://${dataset}` };
}

/** A command of each peer that makes the calls: its path (undefined for promptgrid), words and variables. */
async function peers(folder, modules, { dataset, out, address }) {
  const concurrency = String(flags.concurrency);
  const loop = (file) => [dataset, address, file, concurrency];
  await writeFile(join(folder, 'promptfooconfig.json'), JSON.stringify(promptfooConfig(dataset, address)));
  const { bin } = JSON.parse(await readFile(join(modules, 'node_modules/promptfoo/package.json'), 'utf8'));
  const evaluate = ['eval', '-c', 'promptfooconfig.json', '--no-cache', '--no-table', '--no-progress-bar'];
  return {
    floor: { program: FLOOR, words: loop('floor.jsonl') },
    promptgrid: { words: [...gridWords({ dataset, out, address, concurrency }), '--overwrite'] },
    'openai with p-limit': { program: join(modules, 'sdk-loop.mjs'), words: loop('sdk.jsonl') },
    promptfoo: {
      program: join(modules, 'node_modules/promptfoo', bin.promptfoo),
      words: [...evaluate, '-j', concurrency, '-o', 'promptfoo.jsonl'],
      variables: { ...QUIET, HOME: folder, PROMPTFOO_CONFIG_DIR: join(folder, '.promptfoo') },
    },
  };
}

/** Each peer in turn, some rounds; every other round in reverse order. */
async function rounds(folder, server, commands) {
  const found = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round < flags.rounds; round++) {
    const order = Object.entries(commands);
    for (const [name, { words, ...given }] of round % 2 === 0 ? order : order.toReversed()) {
      const { stdout: _stdout, ...figures } = await measure(folder, words, given);
      found[name].push({ ...figures, served: (await server.taken()).calls });
    }
  }
  return found;
}

function sectionOf(found) {
  const micros = (name) => (median(found[name].map(({ cpuSeconds }) => cpuSeconds)) / flags.calls) * 1e6;
  const beside = micros('floor');
  return {
    heads: { own: 'processor time a call', beside: 'floor' },
    lines: Object.keys(found).map((name) =>
      line(`${flags.calls.toLocaleString('en-US')} calls by ${name}`, { own: micros(name), beside, unit: 'µs' }, [
        micros(name) / beside,
        '×',
      ]),
    ),
    details: found,
    checks: { everyCallOnce: Object.values(found).every((all) => all.every(({ served }) => served === flags.calls)) },
  };
}

await inFolder(async (folder) => {
  const modules = await installed(folder);
  const packages = versions(['promptfoo', 'openai', 'p-limit'], pathToFileURL(`${modules}/`));
  const where = { ...machine(), packages };
  await withServer(0, async (server) => {
    const before = loadAverage();
    const grid = { ...(await gridOf(folder, flags.calls)), address: server.address };
    const found = await rounds(folder, server, await peers(folder, modules, grid));
    const section = { ...sectionOf(found), loadAverage: [before, loadAverage()] };
    process.stderr.write(`\npeers\n${tableText(cells(section))}\n`);
    if (flags.write) await writeSections(where, { peers: section });
    tell({ machine: where, sections: { peers: section } }, section.checks);
  });
});
