import { describe, expect } from 'vitest';
import { isJsonArray, isJsonObject, type JsonObject, textOr } from '../../src/core/json.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { jsonlResults, parseObject } from '../support/results.ts';

const ROWS = 20;
const RUN = ['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', 'answers.jsonl', '--out', 'run'];

/** Twenty answers; `exact` passes the first fifteen. @returns the trial ids, in the order of rows */
async function setUp(desk: Desk, more: readonly string[] = ['--score', 'exact']): Promise<readonly string[]> {
  const numbers = Array.from({ length: ROWS }, (_, index) => index + 1);
  await desk.write('rows.csv', `id,prompt,expected\n${numbers.map((n) => `r${n},Q${n},right\n`).join('')}`);
  const lines = numbers.map((n) => ({ prompt: `Q${n}`, output: n <= 15 ? 'right' : 'wrong' }));
  await desk.write('answers.jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await desk.pass([...RUN, ...more]);
  return (await jsonlResults(desk, 'run')).map(({ trial_id: id }) => textOr(id, ''));
}

/** The scores of the only variant, by name. */
function scoresOf(summary: JsonObject): Readonly<Record<string, JsonObject>> {
  const { variants = null } = summary;
  const [variant] = isJsonArray(variants) ? variants : [];
  const scores = isJsonObject(variant) && isJsonArray(variant['scores']) ? variant['scores'] : [];
  return Object.fromEntries(
    scores.filter((score) => isJsonObject(score)).map((score) => [textOr(score['name'], ''), score]),
  );
}

describe.concurrent('promptgrid score --labels', () => {
  it('gives answers the score `label`, keeps the others, and says how far they agree', async ({ desk }) => {
    const ids = await setUp(desk);
    // People find 14 of the 15 that pass good, and 2 of the 5 others.
    const labels = ids.map(
      (id, index) => `${id},${index < 14 || index >= 18 ? 'good' : 'BAD'},"${index === 15 ? "'=" : ''}why, ${index}"\n`,
    );
    await desk.write('labels.csv', `trial_id,label,note\n${labels.join('')}`);
    const { stdout } = await desk.pass(['score', 'run', '--labels', 'labels.csv']);
    expect(stdout).toContain("exact for gpt-4o: agrees with people in 85.0% of 20 answers, Cohen's κ 0.57");
    const results = await jsonlResults(desk, 'run');
    expect(results.slice(13, 16).map((one) => [one['score.exact'], one['score.label'], one['reason.label']])).toEqual([
      [1, 1, 'why, 13'],
      [1, 0, 'why, 14'],
      // The page's export has guards.
      [0, 0, '=why, 15'],
    ]);
    const scores = scoresOf(parseObject(await desk.read('run/summary.json')));
    expect(scores['exact']).toMatchObject({ passed: 15, agreement: { n: 20, accuracy: 0.85 } });
    expect(scores['label']).toMatchObject({ n: 20, passed: 16 });
    expect(scores['label']).not.toHaveProperty('agreement');
  });

  it('leaves answers alone that nobody judged', async ({ desk }) => {
    const ids = await setUp(desk);
    await desk.write('labels.csv', `label,trial_id\ngood,${ids[0]}\n,${ids[1]}\nbad,${ids[16]}\n`);
    const { stdout } = await desk.pass(['score', 'run', '--labels', 'labels.csv', '--json']);
    const scores = scoresOf(parseObject(stdout));
    expect(scores['label']).toMatchObject({ n: 2, unjudged: 0, notAsked: 18, passed: 1 });
    expect(scores['exact']).toMatchObject({ n: 20, agreement: { n: 2, accuracy: 1 } });
    const report = await desk.pass(['report', 'run']);
    expect(report.stdout).toContain('Score: label');
    const again = await desk.pass(['score', 'run', '--score', 'contains', '--json']);
    expect(Object.keys(scoresOf(parseObject(again.stdout)))).toEqual(['contains']);
  });

  it('compares judges too, without asking them again', async ({ desk }) => {
    const ids = await setUp(desk, ['--score', 'judge', '--judge-model', 'gpt-4o']);
    await desk.write('labels.csv', `trial_id,label\n${ids.map((id) => `${id},good\n`).join('')}`);
    const journal = await desk.read('run/journal.jsonl');
    const { stdout } = await desk.pass(['score', 'run', '--labels', 'labels.csv', '--json']);
    const scores = scoresOf(parseObject(stdout));
    expect(scores['judge']).toMatchObject({ n: 20, agreement: { n: 20 } });
    expect(await desk.read('run/journal.jsonl')).toBe(journal);
  });

  it('needs no other score', async ({ desk }) => {
    const ids = await setUp(desk, []);
    await desk.write('labels.csv', `trial_id,label\n${ids[3]},bad\n`);
    const { stdout } = await desk.pass(['score', 'run', '--labels', 'labels.csv', '--json']);
    expect(scoresOf(parseObject(stdout))).toMatchObject({ label: { n: 1, mean: 0 } });
  });

  it.for([
    ['an unknown trial', 't0123456789abcdef0123,good', 'labels.csv:3: "t0123456789abcdef0123" is no trial of this run'],
    ['text that is no trial', 'r4,good', 'labels.csv:3: "r4" is no trial of this run'],
    ['another label', 'ID4,fine', 'labels.csv:3: the label "fine" is not known'],
    ['a trial twice', 'ID0,bad', 'is there twice'],
  ] as const)('refuses %s, and changes nothing', async ([, line, message], { desk }) => {
    const ids = await setUp(desk);
    const text = line.replace(/ID(\d)/, (_, place: string) => ids[Number(place)] ?? '');
    await desk.write('labels.csv', `trial_id,label\n${ids[0]},good\n${text}\n`);
    const before = await desk.read('run/results.jsonl');
    const { status, stderr } = await desk.run(['score', 'run', '--labels', 'labels.csv']);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).toContain('labels.csv:3: ');
    expect(await desk.read('run/results.jsonl')).toBe(before);
  });

  it('refuses files without the columns or without a label, and a score of that name', async ({ desk }) => {
    const ids = await setUp(desk);
    const words = ['score', 'run', '--labels', 'labels.csv'];
    await desk.write('labels.csv', `trial,label\n${ids[0]},good\n`);
    expect((await desk.run(words)).stderr).toContain('labels.csv:1: has no column "trial_id"');
    await desk.write('labels.csv', `trial_id,label\n${ids[0]},\n`);
    expect((await desk.run(words)).stderr).toContain('labels.csv: has no labels');
    expect((await desk.run(['score', 'run', '--labels', 'gone.csv'])).status).toBe(2);
    await desk.write('labels.csv', `trial_id,label\n${ids[0]},good\n`);
    await desk.write('promptgrid.yaml', 'score: [{type: exact, name: label}]\n');
    const named = await desk.run([...words, '--score', 'exact']);
    expect(named.status).toBe(0);
    await desk.pass([...RUN, '--overwrite']);
    expect((await desk.run(words)).stderr).toContain('a score of the run is called "label" already');
  });

  it.for([
    ['in another encoding', Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]), 'save the file as UTF-8'],
    ['that is a picture', Buffer.from('\u0089PNG\r\n\u001a\n\0\0\0\rIHDR', 'latin1'), 'give a .csv file'],
    ['that is JSON', Buffer.from('[{"trial_id": "t1", "label": "good"}]'), 'give a .csv file'],
    [
      'that is no text',
      Buffer.from(Array.from({ length: 400 }, (_, at) => (at * 89) % 251)),
      'give a text file in UTF-8',
    ],
  ] as const)('refuses a file %s without naming a flag that it does not have', async ([, bytes, hint], { desk }) => {
    await setUp(desk);
    await desk.write('labels.csv', Buffer.concat([bytes, Buffer.from('\ntrial_id,label\n')]));
    const { status, stderr } = await desk.run(['score', 'run', '--labels', 'labels.csv']);
    expect([status, stderr]).toEqual([2, expect.stringMatching(new RegExp(`^hint {2}${hint}\n`, 'm'))]);
  });

  it('refuses a label for a trial without an answer', async ({ desk }) => {
    await desk.write('rows.csv', 'id,prompt\na,Q\n');
    const gateway = await desk.gateway({ faults: { rate5xx: 1 } });
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url, '--max-attempts', '1'];
    await desk.run([...words, '--no-model-check', '--out', 'run']);
    const [trial] = await jsonlResults(desk, 'run');
    await desk.write('labels.csv', `trial_id,label\n${textOr(trial?.['trial_id'], '')},good\n`);
    const { status, stderr } = await desk.run(['score', 'run', '--labels', 'labels.csv']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('has no answer: it errored')]);
  });
});
