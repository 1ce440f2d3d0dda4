import { describe, expect } from 'vitest';
import { chatServer } from '../support/chat-server.ts';
import type { Desk } from '../support/cli.ts';
import type { Ending } from '../support/http-server.ts';
import { it } from '../support/in-process.ts';

const ROWS = [
  'id,prompt,expected',
  'good,good,right',
  'bad,bad,"<right> & ]]>"',
  'half,half,right',
  'broken,broken,right',
  'open,open,',
];

/** A run in which one model fails two rows, the other one of them; a row is refused and another expects nothing. */
async function setUp(desk: Desk, context: Ending, more: readonly string[] = []): Promise<void> {
  await desk.write('rows.csv', `${ROWS.join('\n')}\n`);
  const server = await chatServer(context, ({ content, model }) => {
    if (content === 'broken') return { status: 400, body: { error: { message: 'no such thing', code: 'bad' } } };
    if (content === 'bad') return '::error::wrong\n</testcase>';
    return content === 'half' && model === 'weak' ? 'wrong' : 'right';
  });
  const endpoint = ['--provider', 'custom', '--base-url', server.url, '-m', 'strong,weak'];
  await desk.run(['run', 'rows.csv', ...endpoint, '--score', 'exact', '--out', 'run', ...more]);
}

describe.concurrent('promptgrid report --format junit', () => {
  it('has a suite for each variant and a case a row, with what was expected and answered', async ({
    desk,
    onTestFinished,
  }) => {
    await setUp(desk, { onTestFinished });
    const { stdout } = await desk.pass(['report', 'run', '--format', 'junit']);
    const lines = stdout.split('\n');
    expect(lines.filter((line) => line.startsWith('<testsuite '))).toEqual([
      '<testsuite name="strong" tests="5" failures="1" errors="1" skipped="1">',
      '<testsuite name="weak" tests="5" failures="2" errors="1" skipped="1">',
    ]);
    const got = 'got: ::error::wrong&#10;&lt;/testcase&gt;</failure></testcase>';
    const expected = 'expected: &lt;right&gt; &amp; ]]&gt;&#10;';
    expect(lines.filter((line) => line.includes('classname="strong"'))).toEqual([
      '<testcase classname="strong" name="good"/>',
      `<testcase classname="strong" name="bad"><failure message="exact 0">${expected}${got}`,
      '<testcase classname="strong" name="half"/>',
      expect.stringMatching(
        /name="broken"><error message="invalid_request: [^"]*no such thing[^"]*"><\/error><\/testcase>$/,
      ),
      expect.stringMatching(/name="open"><skipped message="no scorer could score it"\/><\/testcase>$/),
    ]);
    expect(stdout.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="promptgrid report">\n')).toBe(
      true,
    );
    expect(stdout.endsWith('</testsuite>\n</testsuites>\n')).toBe(true);
    await desk.pass(['report', 'run', '--format', 'junit', '--output', 'junit.xml']);
    expect(await desk.read('junit.xml')).toBe(stdout);
  });

  it('counts repeats, and has suites for gates on them', async ({ desk, onTestFinished }) => {
    await desk.write('rows.csv', 'id,prompt,expected\na,always,right\nb,mostly,right\n');
    let asked = 0;
    const server = await chatServer({ onTestFinished }, ({ content }) => {
      if (content === 'mostly') asked += 1;
      return content === 'always' || asked > 1 ? 'right' : 'wrong';
    });
    const words = ['run', 'rows.csv', '--provider', 'custom', '--base-url', server.url, '-m', 'plain', '--repeat', '4'];
    await desk.run([...words, '--score', 'exact', '--min-repeats', 'exact=4/4', '--out', 'run']);
    const { stdout } = await desk.pass(['report', 'run', '--format', 'junit']);
    expect(stdout.split('\n').slice(2, -2)).toEqual([
      '<testsuite name="plain" tests="2" failures="0" errors="0" skipped="0">',
      '<testcase classname="plain" name="a"/>',
      '<testcase classname="plain" name="b"><system-out>passed in 3 of 4 repeats</system-out></testcase>',
      '</testsuite>',
      '<testsuite name="min-repeats exact=4/4 · plain" tests="2" failures="1" errors="0" skipped="0">',
      '<testcase classname="min-repeats exact=4/4 · plain" name="a"/>',
      '<testcase classname="min-repeats exact=4/4 · plain" name="b"><failure message="passed in 3 of 4 repeats"></failure></testcase>',
      '</testsuite>',
    ]);
  });

  it('keeps the rows of each suite together, however many there are', async ({ desk }) => {
    const numbers = Array.from({ length: 1200 }, (_, index) => index + 1);
    const filler = 'x'.repeat(2000);
    await desk.write('rows.csv', `id,prompt,expected\n${numbers.map((n) => `r${n},Q${n},${filler}\n`).join('')}`);
    await desk.pass(['run', 'rows.csv', '-m', 'gpt-4o,gpt-4o-mini', '--simulate', '--score', 'exact', '--out', 'run']);
    const { stdout } = await desk.pass(['report', 'run', '--format', 'junit']);
    const names = [...stdout.matchAll(/<testcase classname="([^"]*)" name="([^"]*)"/g)].map(([, suite, name]) => [
      suite,
      name,
    ]);
    expect(stdout.length).toBeGreaterThan(4 * 1024 * 1024);
    expect(names).toEqual(['gpt-4o', 'gpt-4o-mini'].flatMap((suite) => numbers.map((n) => [suite, `r${n}`])));
  });
});

describe.concurrent('promptgrid report --format github', () => {
  it('annotates the worst rows, the worst first, and adds the report to the summary', async ({
    desk,
    onTestFinished,
  }) => {
    await setUp(desk, { onTestFinished });
    const env = { GITHUB_STEP_SUMMARY: desk.path('summary.md'), GITHUB_WORKSPACE: desk.folder };
    const { stdout } = await desk.pass(['report', 'run', '--format', 'github'], { env });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(
        /^::warning file=rows\.csv,line=3,title=promptgrid report::bad: failed with 2 of 2 variants%0A/,
      ),
      expect.stringMatching(/^::warning file=rows\.csv,line=5,.*broken: .*no such thing/),
      expect.stringMatching(
        /line=4,title=promptgrid report::half: failed with 1 of 2 variants%0Aexpected: right%0Aweak: wrong$/,
      ),
    ]);
    expect(await desk.read('summary.md')).toContain('# Report of run');
  });

  it('names ten rows and counts the others', async ({ desk }) => {
    const numbers = Array.from({ length: 30 }, (_, index) => index + 1);
    await desk.write('rows.csv', `id,prompt,expected\n${numbers.map((n) => `r${n},Q${n},right\n`).join('')}`);
    await desk.pass(['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '--score', 'exact', '--out', 'run']);
    await desk.pass(['report', 'run', '--format', 'github', '--output', 'commands.txt']);
    const lines = (await desk.read('commands.txt')).trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('::warning '))).toHaveLength(10);
    expect(lines.at(-1)).toBe('::notice title=promptgrid report::20 more rows failed or errored');
  });

  it('has no place on a line of a dataset that has changed', async ({ desk, onTestFinished }) => {
    await setUp(desk, { onTestFinished });
    await desk.write('rows.csv', 'id,prompt,expected\nbad,bad,other\n');
    const { stdout } = await desk.pass(['report', 'run', '--format', 'github']);
    expect(stdout).toContain('::warning file=rows.csv,title=promptgrid report::bad: failed');
  });
});
