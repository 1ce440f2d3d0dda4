import { statSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { type CliOptions, Desk, type Ended, it } from '../support/cli.ts';
import { runInProcess } from '../support/in-process.ts';
import { questions } from '../support/results.ts';

const KEY = 'right-key-1';
const GRID = ['rows.csv', '-m', 'gpt-4o,gpt-4o-mini', '--score', 'contains', '--simulate', 'answers.jsonl'];

/** Command lines with the status that each ends with. */
type Lines = readonly (readonly [status: number, words: readonly string[], options?: CliOptions])[];

/** Every command but `gateway` and `worker`, which end by a signal, and every status but that of a signal. */
const LINES: Lines = [
  [2, []],
  [0, ['--help']],
  [0, ['run', '--help-all']],
  [2, ['rum']],
  [2, ['run', 'rows.csv', '--modle', 'gpt-4o', '--json']],
  [0, ['run', ...GRID, '--out', 'base']],
  [0, ['run', ...GRID, '--out', 'base', '--json']],
  [0, ['run', ...GRID, '--out', 'wrong', '--prompt', 'Wrongly: {{ prompt }}']],
  [2, ['run', ...GRID, '--out', 'wrong', '--temperature', '1']],
  [0, ['run', '-', ...GRID.slice(1), '--out', 'stdin', '--quiet'], { input: questions(3) }],
  [0, ['run', ...GRID, '--dry-run']],
  [3, ['run', 'rows.csv', '-m', 'gpt-4o,gpt-9', '--no-model-check', '--simulate', '--out', 'errors']],
  [4, ['run', ...GRID, '--budget', '0.2', '--max-tokens', '8', '--out', 'stopped']],
  [2, ['run', 'torn.csv', '-m', 'gpt-4o', '--simulate']],
  [2, ['run', 'missing.csv', '-m', 'gpt-4o', '--simulate']],
  [0, ['report', 'base']],
  [0, ['report', 'base', '--format', 'markdown', '--output', 'base.md']],
  [0, ['report', 'base', '--format', 'csv']],
  [0, ['report', 'base', '--json']],
  [2, ['report', 'nowhere']],
  [0, ['compare', 'base', 'base']],
  [1, ['compare', 'base', 'wrong', '--map', 'prompt=p1', '--json']],
  [1, ['compare', 'base', 'wrong', '--map', 'prompt=p1', '--report', 'junit=compare.xml', '--report', 'github']],
  [0, ['score', 'base', '--score', 'exact', '--json']],
  [0, ['baseline', 'save', 'base', 'baselines/base.jsonl']],
  [0, ['compare', 'baselines/base.jsonl', 'base']],
  [0, ['estimate', ...GRID, '--max-tokens', '50']],
  [0, ['estimate', ...GRID, '--pilot', '3', '--json']],
  [2, ['cache', 'stats']],
  [2, ['init']],
  [0, ['import', 'promptfooconfig.yaml', '--out', 'moved']],
];

/** In an empty folder. */
const FIRST_LINES: Lines = [
  [0, ['init'], { env: { LANG: 'ru_RU.UTF-8' } }],
  [0, ['run', '--concurrency', '1', '--out', 'sample']],
];
/** Those that ask a server. */
const SERVER_LINES: Lines = [
  [0, ['models'], { env: { GPTUNNEL_API_KEY: KEY } }],
  [0, ['balance', '--json'], { env: { GPTUNNEL_API_KEY: KEY } }],
  [2, ['balance'], { env: { GPTUNNEL_API_KEY: 'wrong-key-1' } }],
  [4, ['run', 'rows.csv', '-m', 'gpt-4o', '--out', 'refused', '-t', '0'], { env: { GPTUNNEL_API_KEY: 'wrong-key-1' } }],
  [0, ['run', 'rows.csv', '-m', 'gpt-4o', '--out', 'refused', '-t', '0'], { env: { GPTUNNEL_API_KEY: KEY } }],
  [0, ['run', 'rows.csv', '-m', 'gpt-4o', '--out', 'cached', '-t', '0'], { env: { GPTUNNEL_API_KEY: KEY } }],
];
const LAST_LINES: Lines = [
  [0, ['cache', 'stats', '--json']],
  [0, ['cache', 'clear']],
];

const PROMPTFOO = `
prompts: ['Q: {{question}}']
providers: [openai:gpt-4o]
tests: [{vars: {question: a}, assert: [{type: equals, value: b}]}]
`;

/** What differs from run to run: times, durations, random ids, digests of these, and the layout that follows them. */
const CHANGING: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/promptgrid-cli-[\w-]+/g, '<folder>'],
  [/127\.0\.0\.1:\d+/g, '<host>'],
  [/\d{4}-\d\d-\d\d[T ]\d\d[:-]?\d\d(?:[:-]?\d\d)?(?:\.\d+)?(?:Z| UTC)?/g, '<time>'],
  [/\d{4}-\d\d-\d\d/g, '<date>'],
  [/chatcmpl-[\w-]+/g, '<response id>'],
  [/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, '<id>'],
  [/\d+(?:\.\d+)? ?(?:ms|s|min)\b/g, '<duration>'],
  [
    /"(\w*_ms|p\d\d|\w*Ms|seconds|low|high|bytes|madeFromBytes|baseMean|candidateMean|ratio)": ?(?:null|[\d.e-]+)/g,
    '"$1": <number>',
  ],
  // Answers from the same machine may take no whole millisecond, which is nothing to compare with.
  [/latency:? [^·\n]*/g, 'latency <change>'],
  [/"(?:familyI|i)nterval": ?(?:null|\{[^}]*\})/g, '"interval": <interval>'],
  [/"why": ?"(?:both took no time|the base took no time, [^"]*)"/g, '"why": null'],
  [/"verdict": "(?:lower|higher|no difference shown|not known)"/g, '"verdict": "<change>"'],
  [/^\d+\/\d+ · .* left\n/gm, ''],
  [/(,provider,|,errored,+)\d+,/g, '$1<duration>,'],
  [/(rows-<date>-)\d{6}/g, '$1<time>'],
  [/"crc":"[0-9a-f]+"|crc32:[0-9a-f]{8}|(?<=gptunnel-)[0-9a-f]{20}|[0-9a-f]{32,}/g, '<digest>'],
  [/ +/g, ' '],
  [/─+/g, '─'],
];

/** What one way of running the lines leaves. */
interface Traces {
  readonly ended: readonly Ended[];
  readonly files: Readonly<Record<string, string>>;
}

describe('a command line in the process of a test', { timeout: 600_000 }, () => {
  it('ends, prints and writes as a process of its own does, time after time', async () => {
    const [started, first] = await Promise.all([
      traces((desk, words, options) => desk.run(words, options)),
      traces(inProcess),
    ]);
    const second = await traces(inProcess);
    expect(started.ended.map(({ status }) => status)).toEqual(
      [...FIRST_LINES, ...LINES, ...SERVER_LINES, ...LAST_LINES].map(([status]) => status),
    );
    expect(first).toEqual(started);
    expect(second).toEqual(started);
  });
});

/** Runs a command line in the folder of the desk, to its end. */
type Run = (desk: Desk, words: readonly string[], options: CliOptions) => Promise<Ended>;

const inProcess: Run = (desk, words, options) => runInProcess(words, { ...options, cwd: desk.folder });

async function traces(run: Run): Promise<Traces> {
  const desk = await Desk.make('both-ways');
  try {
    const { url } = await desk.gateway({ key: KEY, balance: '100' });
    const ended: Ended[] = [];
    const runAll = async (lines: Lines, more: readonly string[] = []): Promise<void> => {
      for (const [, words, options = {}] of lines) ended.push(stable(await run(desk, [...words, ...more], options)));
    };
    await runAll(FIRST_LINES);
    await prepare(desk);
    await runAll(LINES);
    await runAll(SERVER_LINES, ['--base-url', url]);
    await runAll(LAST_LINES);
    return { ended, files: await filesOf(desk) };
  } finally {
    await desk.close();
  }
}

async function prepare(desk: Desk): Promise<void> {
  await desk.write('promptgrid.yaml', 'concurrency: 1\n');
  await desk.write('rows.csv', questions(12));
  await desk.write('torn.csv', 'id,prompt\n1,"never closed\n');
  await desk.write('promptfooconfig.yaml', PROMPTFOO);
  const answers = [
    { contains: 'Wrongly', output: 'no idea' },
    ...Array.from({ length: 12 }, (_, row) => ({ contains: `What is ${row + 1} plus`, output: `It is ${row + 2}.` })),
  ];
  await desk.write('answers.jsonl', answers.map((answer) => JSON.stringify(answer)).join('\n'));
}

function stable({ stdout, stderr, ...ended }: Ended): Ended {
  return { ...ended, stdout: stableText(stdout), stderr: stableText(stderr) };
}

/** The files below the desk by name; pages of a database depend on what was there before, and a page is compressed. */
async function filesOf(desk: Desk): Promise<Readonly<Record<string, string>>> {
  const files = (await desk.list()).filter((name) => statSync(desk.path(name)).isFile());
  const texts = files.map(async (name) => {
    return [
      stableText(name),
      name.endsWith('.mdb') || name.endsWith('report.html') ? '' : stableText(await desk.read(name)),
    ] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}

function stableText(text: string): string {
  return CHANGING.reduce((rest, [pattern, by]) => rest.replaceAll(pattern, by), text);
}
