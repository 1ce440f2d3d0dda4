// Kills every other kind of command repeatedly (SIGKILL), runs it again, and counts the cost.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startGateway } from '../dist/modules/gateway/index.js';
import { readFlags } from './support/flags.mjs';
import {
  comparable,
  inFolder,
  killAtCall,
  Program,
  readJsonLines,
  run,
  seededRandom,
  tell,
  twoModels,
  writeQuestions,
} from './support/program.mjs';

const { kills, rows, concurrency, seed, only } = readFlags({
  kills: 20,
  rows: 200,
  concurrency: 16,
  seed: 1,
  only: undefined,
});
const random = seededRandom(seed);

const GRID = twoModels('0', concurrency);
const BUDGET = 1000;

/** The commands of each kind that pays; the last one is killed. */
const PAYING = {
  budget: [['run', '--budget', String(BUDGET)]],
  judge: [['run', '--score', 'judge:is it polite?', '--judge-model', 'gpt-4o']],
  repeat: [['run', '--repeat', '3']],
  race: [['run', '--score', 'word-count:1-3', '--stop-when-decided']],
  'pilot + run': [['estimate', '--pilot', String(Math.floor(rows / 2))], ['run']],
};

const words = ([command, ...more], out, url) => [command, ...GRID, ...more, '--out', out, '--base-url', url];

async function finish(folder, commands, out, { url }) {
  let status = null;
  for (const command of commands) ({ status } = await run(folder, words(command, out, url)));
  return status;
}

/** Spreads the kills over all commands of the kind. */
async function payingKind(folder, commands) {
  const [calm, gateway] = [await startGateway(), await startGateway({ latencyMs: 5, latencyJitterMs: 20 })];
  try {
    const wholeStatus = await finish(folder, commands, 'whole', calm);
    const all = calm.stats().served;
    const moments = Array.from({ length: kills }, () => 1 + Math.floor(random() * all)).sort((a, b) => a - b);
    let [ended, mostOwed, owedBefore] = [0, 0, 0];
    for (const moment of moments) {
      for (const command of commands) {
        const killed = words(command, 'killed', gateway.url);
        const signal = await killAtCall(folder, killed, gateway, moment + owedBefore);
        if (signal !== 'SIGKILL') continue;
        ended += 1;
        const kept = (await readJsonLines(join(folder, 'killed/journal.jsonl')).catch(() => [])).length;
        const owed = gateway.stats().served - kept;
        mostOwed = Math.max(mostOwed, owed - owedBefore);
        owedBefore = owed;
        break;
      }
    }
    const status = await finish(folder, commands, 'killed', gateway);
    const [one, other] = [await results(folder, 'killed'), await results(folder, 'whole')];
    const figures = { kills: ended, calls: all, paidTwice: gateway.stats().served - all, mostPaidTwice: mostOwed };
    const holds = {
      ended: status === wholeStatus,
      withinConcurrency: mostOwed <= concurrency,
      withinBudget: Number(gateway.stats().billed) <= BUDGET,
      sameResults: JSON.stringify(one) === JSON.stringify(other),
      nothingLeft: (await temporaries(folder)).length === 0,
    };
    return { ...figures, status, holds };
  } finally {
    await gateway.close();
    await calm.close();
  }
}

async function results(folder, out) {
  return (await readJsonLines(join(folder, out, 'results.jsonl'))).map(comparable);
}

async function temporaries(folder) {
  return (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.tmp'));
}

/** Commands that pay nothing, and the files that each of them writes. */
const FREE = {
  score: {
    command: ['score', 'run', '--score', 'word-count:1-20', '--quiet'],
    files: ['run/results.csv', 'run/results.jsonl', 'run/summary.json'],
  },
  'baseline save': { command: ['baseline', 'save', 'run', 'base/base.jsonl', '--quiet'], files: ['base/base.jsonl'] },
  import: {
    command: ['import', 'promptfooconfig.yaml', '--out', 'taken', '--overwrite', '--quiet'],
    files: ['taken/promptgrid.yaml', 'taken/tests.jsonl'],
  },
};

/** Kills at a random moment between start and usual end; each file must be complete, in its old or its new state. */
async function freeKind(folder, { command, files }) {
  await writeFile(join(folder, 'promptfooconfig.yaml'), PROMPTFOO);
  const prepared = await run(folder, [
    'run',
    ...GRID.filter((word) => word !== '--no-cache'),
    '--simulate',
    '--out',
    'run',
  ]);
  const before = await Promise.all(files.map((file) => textOf(folder, file)));
  const startedMs = performance.now();
  const whole = await run(folder, command);
  const takesMs = performance.now() - startedMs;
  const after = await Promise.all(files.map((file) => textOf(folder, file)));
  let [ended, torn, changed] = [0, 0, 0];
  // Some end before they are killed.
  for (let each = 0; ended < kills && each < kills * 5; each++) {
    for (const [index, file] of files.entries()) {
      if (before[index] === null) await rm(join(folder, file), { force: true });
      else await writeFile(join(folder, file), before[index]);
    }
    const program = new Program(folder, command);
    await delay(random() * takesMs);
    program.kill();
    if ((await program.ended).signal === 'SIGKILL') ended += 1;
    for (const [index, file] of files.entries()) {
      const now = stable(await textOf(folder, file));
      if (now === stable(after[index])) changed += 1;
      else if (now !== stable(before[index])) torn += 1;
    }
  }
  const last = await run(folder, command);
  const lastTexts = await Promise.all(files.map((file) => textOf(folder, file)));
  const holds = {
    prepared: prepared.status === 0 && whole.status === 0 && last.status === 0,
    everyFileWhole: torn === 0,
    sameResults: lastTexts.every((text, index) => stable(text) === stable(after[index])),
    nothingLeft: (await temporaries(folder)).length === 0,
  };
  return { kills: ended, filesAlreadyReplaced: changed, torn, holds };
}

function textOf(folder, file) {
  return readFile(join(folder, file), 'utf8').catch(() => null);
}

/** Without the timestamps in some files. */
function stable(text) {
  return text === null ? null : text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '');
}

const PROMPTFOO = `prompts: ["Answer: {{q}}"]
providers: [openai:gpt-4o]
tests:
${Array.from({ length: rows }, (_, index) => `  - vars: {q: "What is ${index}?"}\n    assert: [{type: contains, value: "${index}"}]`).join('\n')}
`;

const kinds = only?.split(',') ?? [...Object.keys(PAYING), ...Object.keys(FREE)];
const figures = {};
for (const kind of kinds) {
  figures[kind] = await inFolder(async (folder) => {
    await writeQuestions(join(folder, 'rows.csv'), rows);
    return kind in PAYING ? payingKind(folder, PAYING[kind]) : freeKind(folder, FREE[kind]);
  });
}
tell(
  { rows, concurrency, seed, kinds: figures },
  Object.fromEntries(
    Object.entries(figures).flatMap(([kind, { holds }]) =>
      Object.entries(holds).map(([name, isTrue]) => [`${kind}: ${name}`, isTrue]),
    ),
  ),
);
