import { spawnSync } from 'node:child_process';
import { describe, expect } from 'vitest';
import { type GivenTrial, passing, resultsJsonl } from '../app/compare/result-file.ts';
import type { Desk, Ended } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { parseObject } from '../support/results.ts';

const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0;

/** Texts that try to be more than text when they are shown. */
const HOSTILE = [
  ']]><failure message="x"/>',
  'a\u0000b\u0008c\u001b[31md\ufffe\ud800e',
  'one\ntwo\r\n::error file=x::owned\n::set-output name=a::b',
  '##[add-mask]x %0A %25 100%',
  '| a | b |\n|---|---|\n`code` <script>alert(1)</script> @everyone #1 [x](http://example.test) **b**',
  '</code></details><img src=x onerror=alert(1)> &amp; "quoted" \'single\'',
];

/** Reads a JUnit file with xml.etree of Python: suites, cases, what is in a case. */
const READER = `
import json, sys, xml.etree.ElementTree as E
root = E.parse(sys.argv[1]).getroot()
print(json.dumps([{"name": s.get("name"), "tests": int(s.get("tests")), "failures": int(s.get("failures")),
  "errors": int(s.get("errors")), "skipped": int(s.get("skipped")), "cases": [{"name": c.get("name"),
  "inner": [[e.tag, e.get("message"), e.text] for e in c]} for c in s.iter("testcase")]} for s in root.iter("testsuite")]))
`;

interface JunitCase {
  readonly name: string;
  readonly inner: readonly (readonly [string, string | null, string | null])[];
}

interface JunitSuite {
  readonly name: string;
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
  readonly cases: readonly JunitCase[];
}

function readJunit(desk: Desk, name: string): readonly JunitSuite[] {
  const { stdout, stderr } = spawnSync('python3', ['-c', READER, desk.path(name)], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const suites: readonly JunitSuite[] = JSON.parse(stdout);
  return suites;
}

/** Failures and errors of all suites. */
function redOf(suites: readonly JunitSuite[]): number {
  return suites.reduce((sum, { failures, errors }) => sum + failures + errors, 0);
}

async function report(
  desk: Desk,
  files: readonly [readonly GivenTrial[], readonly GivenTrial[]],
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  await desk.write('base.jsonl', resultsJsonl(files[0]));
  await desk.write('candidate.jsonl', resultsJsonl(files[1]));
  return desk.run(['compare', 'base.jsonl', 'candidate.jsonl', ...words], { env });
}

/** Rows whose ids, questions and answers are hostile, passed or not. */
function hostile(passed: boolean): readonly GivenTrial[] {
  return [...HOSTILE, ...HOSTILE.map((text) => `${text}${text}`)].map((text) => ({
    row: text,
    scores: { exact: passed ? 1 : 0 },
    model: 'mo|del\n<b>',
    prompt: '`p`',
    output: `${passed ? 'right ' : 'wrong '}${text}`,
    columns: { prompt: text },
  }));
}

describe.skipIf(!HAS_PYTHON)('compare --report junit, read by Python', { timeout: 60_000, concurrent: true }, () => {
  it('has a suite per variant and a case per row, and fails if the exit status does', async ({ desk }) => {
    const failed = await report(desk, [passing(40, 36), passing(40, 15)], ['--report', 'junit=out/junit.xml']);
    expect(failed.status).toBe(1);
    const [gates, rows, ...others] = readJunit(desk, 'out/junit.xml');
    expect(others).toEqual([]);
    expect(gates).toMatchObject({ name: 'promptgrid gates', failures: 1, errors: 0 });
    expect(rows).toMatchObject({ name: 'prompt · gpt-4o · t=0', tests: 40, failures: 21, skipped: 0 });
    expect(rows?.cases.map(({ name }) => name).slice(0, 3)).toEqual(['r1', 'r2', 'r3']);
    const [kind, message, text] = rows?.cases[15]?.inner[0] ?? [];
    expect([kind, message]).toEqual(['failure', 'exact 1 → 0']);
    expect(text).toContain('candidate: answer to r16');
  });

  it('passes if rows flipped without a significant difference, and lists them', async ({ desk }) => {
    const passed = await report(desk, [passing(40, 36), passing(40, 34)], ['--report', 'junit=junit.xml']);
    expect(passed.status).toBe(0);
    const suites = readJunit(desk, 'junit.xml');
    expect(redOf(suites)).toBe(0);
    expect(suites[1]?.cases[35]?.inner[0]?.[2]).toMatch(/^worse, not significant: exact 1 → 0/);
  });

  it('has an error, no failure and skipped rows if the comparison is unsound', async ({ desk }) => {
    const errored = passing(10, 10).map((trial, index) =>
      index < 4 ? { row: trial.row, error: 'rate_limit' } : trial,
    );
    const ended = await report(desk, [passing(11, 10), errored], ['--report', 'junit=junit.xml']);
    expect(ended.status).toBe(3);
    const [gates, rows] = readJunit(desk, 'junit.xml');
    expect(gates).toMatchObject({ failures: 0, errors: 1 });
    expect(rows).toMatchObject({ tests: 11, failures: 0, errors: 0, skipped: 5 });
    expect(rows?.cases[10]?.inner).toEqual([['skipped', 'not in the candidate', null]]);
  });

  it('accepts any text from a dataset or a model', async ({ desk }) => {
    await report(desk, [hostile(true), hostile(false)], ['--report', 'junit=junit.xml']);
    const [, rows] = readJunit(desk, 'junit.xml');
    expect(rows?.failures).toBe(HOSTILE.length * 2);
    expect(rows?.cases[0]?.name).toBe(HOSTILE[0]);
    expect(rows?.cases[2]?.name).toBe(HOSTILE[2]);
    expect(rows?.cases[2]?.inner[0]?.[2]).toContain(`base: right ${HOSTILE[2]}`);
    expect(rows?.cases[1]?.name).toBe('a\ufffdb\ufffdc\ufffd[31md\ufffd\ufffde');
  });
});

/** Scripted answers to the questions of the test below. */
const answers = (right: boolean): string =>
  ['Say\nhello', 'Say bye', ...Array.from({ length: 20 }, (_, index) => `Say ${index}`)]
    .map((prompt) => JSON.stringify({ prompt, output: right ? prompt.replace(/Say\s/, '') : 'no' }))
    .join('\n');

describe.concurrent('compare --report github', () => {
  it("adds to the step's summary and marks the dataset's lines", async ({ desk }) => {
    const dataset = `id,prompt,expected\n"a","Say\nhello",hello\nb,Say bye,bye\n`;
    const rows = Array.from({ length: 20 }, (_, index) => `r${index},Say ${index},${index}\n`).join('');
    await desk.write('work/data/rows.csv', `${dataset}${rows}`);
    await desk.write('work/good.jsonl', answers(true));
    await desk.write('work/bad.jsonl', answers(false));
    const run = 'npx promptgrid run data/rows.csv -m gpt-4o --score exact --quiet';
    const env = { GITHUB_STEP_SUMMARY: desk.path('summary.md'), GITHUB_WORKSPACE: desk.folder };
    await desk.write('summary.md', '# Before\n');
    const script = [
      'cd work',
      `${run} --simulate good.jsonl --out base`,
      `${run} --simulate bad.jsonl --out now`,
      'npx promptgrid compare base now --report github',
    ].join(' && ');
    const { stdout, status } = await desk.runLine(script, { env });
    expect(status).toBe(1);
    const commands = stdout.split('\n').filter((line) => line.startsWith('::'));
    expect(commands[0]).toMatch(/^::error title=promptgrid compare::regressed: .*fail-on regression/);
    expect(commands[1]).toMatch(
      /^::error file=work\/data\/rows\.csv,line=2,title=promptgrid compare::a · .*%0Abase: hello%0Acandidate: no$/,
    );
    expect(commands[2]).toMatch(/^::error file=work\/data\/rows\.csv,line=4,/);
    expect(commands).toHaveLength(10);
    const summary = await desk.read('summary.md');
    expect(summary).toMatch(/^# Before\n## ❌ promptgrid: regressed/);
    expect(summary).toContain('❌ significantly worse (p ');
  });

  it('counts a row once for each variant in which it flipped, and calls that flips in every form', async ({ desk }) => {
    const models = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1'];
    const both = [2, 0].map((passed) => models.flatMap((model) => passing(2, passed, { model })));
    const [before = [], after = []] = both;
    const reports = ['markdown=all.md', 'comment=short.md', 'github'].flatMap((form) => ['--report', form]);
    const env = { GITHUB_STEP_SUMMARY: desk.path('summary.md'), GITHUB_WORKSPACE: desk.folder };
    const { stdout } = await report(desk, [before, after], reports, env);
    expect(stdout).toContain('flips: 6 got worse, 0 got better');
    for (const file of ['all.md', 'short.md', 'summary.md']) {
      const text = await desk.read(file);
      expect(text).toContain('Flips: 6 got worse, 0 got better');
      expect(text).not.toContain('Rows:');
    }
  });

  it('lets no text of a dataset or a model act as a command, markup or a mention', async ({ desk }) => {
    const files = [hostile(true), hostile(false)] as const;
    const { stdout } = await report(desk, files, ['--report', 'github=summary.md', '--report', 'text=report.txt']);
    for (const line of [...stdout.split('\n'), ...(await desk.read('report.txt')).split('\n')]) {
      if (/^\s*::/.test(line)) expect(line).toMatch(/^::(?:error|warning) title=promptgrid compare::/);
      expect(line).not.toContain('##[');
    }
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(stdout).toContain('%250A %2525 100%25');
    const summary = await desk.read('summary.md');
    expect(summary).not.toMatch(/<script|<img|<b>|\*\*b\*\*|@everyone|\]\(http|`/);
    expect(summary.match(/<\/details>/g)).toHaveLength(1);
    for (const line of summary.split('\n').filter((text) => text.startsWith('|'))) {
      expect([2, 8]).toContain(line.split('|').length - 2);
    }
  });

  it('keeps stdout for the document if --json is given', async ({ desk }) => {
    const files = [passing(40, 36), passing(40, 10)] as const;
    const { stdout, stderr } = await report(desk, files, ['--report', 'github', '--json']);
    expect(parseObject(stdout)).toMatchObject({ verdict: 'regressed' });
    expect(stderr).toMatch(/^::error title=promptgrid compare::regressed/m);
  });
});

describe.concurrent('compare --report sarif', () => {
  it('has a result for each reason and each row that got worse', async ({ desk }) => {
    await report(desk, [hostile(true), hostile(false)], ['--report', 'sarif=out.sarif']);
    const log = parseObject(await desk.read('out.sarif'));
    const results = { results: expect.arrayContaining([expect.objectContaining({ ruleId: 'gate', level: 'error' })]) };
    expect(log).toMatchObject({ version: '2.1.0', runs: [{ tool: { driver: { name: 'promptgrid' } }, ...results }] });
    expect(JSON.stringify(log).match(/"row-got-worse","level":"error"/g)).toHaveLength(HOSTILE.length * 2);
  });
});

describe.concurrent('compare --report, given invalid input', () => {
  it.for([
    ['junit', '--report must be kind=file, got "junit"'],
    ['junitt=x.xml', 'did you mean junit?'],
  ] as const)('refuses %s', async ([text, what], { desk }) => {
    const { status, stderr } = await report(desk, [passing(2, 2), passing(2, 2)], ['--report', text]);
    expect(stderr).toMatch(/^error .+\nhint .+\n$/);
    expect(stderr).toContain(what);
    expect(status).toBe(2);
  });

  it('says which file it cannot write', async ({ desk }) => {
    await desk.write('taken', 'a file');
    const { status, stderr } = await report(desk, [passing(2, 2), passing(2, 2)], ['--report', 'junit=taken/x.xml']);
    expect(stderr).toMatch(/^(?:warning: .+\n){2}error taken\/x\.xml: cannot be written: .+\nhint .+\n$/);
    expect(status).toBe(2);
  });
});

const ALL_REPORTS = [
  'comment=c.md',
  'markdown=m.md',
  'junit=j.xml',
  'sarif=s.json',
  'text=t.txt',
  'github=g.md',
].flatMap((spec) => ['--report', spec]);

/** Markdown as its reader sees it. */
const shown = (text: string): string =>
  text.replaceAll(/&#(\d+);/g, (_whole, code: string) => String.fromCodePoint(Number(code))).replaceAll('\\', '');
/** The first or last line of a text. */
const firstLine = (text: string): string => text.split('\n')[0] ?? '';
const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

describe('the headline of every report', { concurrent: true }, () => {
  it.for([
    ['a cost that rose', { cost: '0.5' }, ['--max-cost-increase', '10%'], 'max-cost-increase 10.0%'],
    ['a minimum', {}, ['--min', 'exact=0.99'], 'min exact=0.99'],
    ['a critical row', { columns: { critical: 'yes' } }, [], 'critical rows'],
  ] as const)('says that a gate failed, and the verdict on the scores: %s', async ([, more, flags, name], { desk }) => {
    const files = [passing(40, 15), passing(40, 36, more)] as const;
    const ended = await report(desk, files, [...flags, ...ALL_REPORTS]);
    expect(ended.status).toBe(1);
    const told = `gate failed: ${name}; scores improved: the candidate is significantly better`;
    expect(ended.stdout).toContain(`\n${told}\n`);
    expect(ended.stdout).toMatch(/^::error title=promptgrid compare::gate failed: .*; scores improved: /m);
    for (const file of ['c.md', 'm.md', 'g.md']) {
      expect(firstLine(shown(await desk.read(file)))).toBe(`## ❌ promptgrid: ${told}`);
    }
    expect(lastLine(await desk.read('t.txt'))).toBe(told);
    expect(await desk.read('j.xml')).toContain(told);
    expect(await desk.read('s.json')).toContain(told);
  });

  it('says of a regression that no gate checks that none failed, and of its rows that they are part of it', async ({
    desk,
  }) => {
    const ended = await report(desk, [passing(40, 36), passing(40, 15)], ['--fail-on', 'none', ...ALL_REPORTS]);
    expect(ended.status).toBe(0);
    const told = 'regressed, but no gate failed: the candidate is significantly worse in 1 of 1 comparison';
    expect(ended.stdout).toContain(`\n${told}\n`);
    const warnings = ended.stdout.split('\n').filter((line) => line.startsWith('::'));
    expect(warnings[0]).toBe(`::warning title=promptgrid compare::${told}`);
    expect(warnings).toHaveLength(10);
    for (const line of warnings.slice(1)) expect(line).toMatch(/%0Apart of a significant loss, which no gate checks$/);
    for (const file of ['c.md', 'm.md', 'g.md']) {
      expect(firstLine(shown(await desk.read(file)))).toBe(`## ⚠️ promptgrid: ${told}`);
    }
    const junit = await desk.read('j.xml');
    expect(junit.match(/worse, part of a significant loss, which no gate checks: exact 1 → 0/g)).toHaveLength(21);
    expect(junit).not.toContain('not significant');
  });

  it('gives a reason for no verdict once', async ({ desk }) => {
    const others = passing(5, 5).map((trial) => ({ ...trial, row: `x${trial.row}` }));
    const ended = await report(desk, [passing(5, 5), others], ALL_REPORTS);
    expect(ended.status).toBe(3);
    const why = 'no rows in common: the two were made from different rows';
    const commands = ended.stdout.split('\n').filter((line) => line.startsWith('::'));
    expect(commands).toEqual([`::error title=promptgrid compare::the comparison cannot stand: ${why}`]);
    expect(shown(await desk.read('c.md')).split(why)).toHaveLength(2);
    expect(ended.stdout).toContain('gate fail-on regression: failed: not decided: the comparison cannot stand');
    expect(ended.stdout).not.toContain('no significant loss');
  });

  it('concludes nothing from any pair of a comparison that cannot stand, whatever it shows', async ({ desk }) => {
    const candidate = passing(40, 5).map((trial, index) =>
      index < 10 ? { row: trial.row, scores: { exact: null } } : trial,
    );
    const files = [passing(40, 40), candidate] as const;
    const ended = await report(desk, files, ALL_REPORTS);
    expect(ended.status).toBe(3);
    const made = await Promise.all(['c.md', 'm.md', 'g.md', 'j.xml', 's.json', 't.txt'].map((file) => desk.read(file)));
    for (const text of [ended.stdout, ...made]) expect(text).not.toMatch(/significant|unchanged|improved|regressed/);
    for (const text of [ended.stdout, shown(made[0] ?? ''), shown(made[1] ?? '')]) expect(text).toContain('no verdict');
    const json = await report(desk, files, ['--json']);
    expect(parseObject(json.stdout)).toMatchObject({
      verdict: 'unsound',
      pairs: [{ n: 30, verdict: 'inconclusive', needed: null }],
    });
  });
});
