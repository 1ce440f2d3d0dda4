import { describe, expect } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { listOf, objectOf, textOr } from '../../src/core/json.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { readReportPage } from '../support/page.ts';
import { jsonLines, jsonlResults, objectAt, parseObject } from '../support/results.ts';

/** Scorers as users give them, and the value from which on each lets an answer pass. */
const SCORERS: readonly (readonly [name: string, spec: string, threshold: number])[] = [
  ['factuality', 'factuality', 0.4],
  ['g-eval', '{type: g-eval, criteria: is complete, steps: [look]}', 0.5],
  ['similar', '{type: similar, threshold: 0.35}', 0.35],
  ['num', '{type: module, path: ./num.mjs, threshold: 0.5}', 0.5],
  ['levenshtein', '{type: levenshtein, threshold: 0.5}', 0.5],
  ['levenshtein-2', '{type: levenshtein, threshold: 0.9}', 0.9],
  ['close', '{type: levenshtein, name: close, threshold: 0.3}', 0.3],
  ['not-exact', "'not:exact'", 1],
  ['not-levenshtein', "{type: 'not:levenshtein', threshold: 0.3}", 0.3],
  ['word-count', "'word-count:1-3'", 1],
];

/** The share of a row's two assertions that must hold. */
const ROW_THRESHOLDS: Readonly<Record<string, string>> = { a: '0.5', b: '0.5', c: '', d: '0' };
const NAMES = [...SCORERS.map(([name]) => name), 'assert'];

/** Answers to the rows a to d, and what judges say of each. */
const ANSWERS: Readonly<Record<string, readonly [answers: readonly string[], grade: number, letter: string]>> = {
  good: [['0.9', '0.6', '0.2', '0.95 or so'], 7, 'A'],
  bad: [['0.2', 'no idea at all, sorry', '0.9', '9'], 2, 'D'],
};

async function makeRun(
  desk: Desk,
  out: string,
  answers: string,
  specs = SCORERS.map(([, spec]) => spec),
): Promise<void> {
  const [texts, grade, letter] = ANSWERS[answers] ?? [[], 0, ''];
  const rows = texts.map(
    (_, at) => `${'abcd'[at]},q${'abcd'[at]},0.9,contains:0,contains:9,${ROW_THRESHOLDS['abcd'[at] ?? '']}`,
  );
  await desk.write('rows.csv', `id,question,expected,__expected1,__expected2,__threshold\n${rows.join('\n')}\n`);
  await desk.write('num.mjs', 'export default ({ output }) => Math.min(1, Number.parseFloat(output) || 0);');
  const scripted = [
    { model: 'gpt-3.5-turbo', contains: 'is complete', output: JSON.stringify({ score: grade }) },
    { model: 'gpt-3.5-turbo', contains: '0.9', output: JSON.stringify({ score: letter }) },
    ...texts.map((output, at) => ({ model: 'gpt-4o', contains: `q${'abcd'[at]}`, output })),
  ];
  await desk.write('answers.jsonl', scripted.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const models = 'model: gpt-4o\njudgeModel: gpt-3.5-turbo\nembeddingModel: text-embedding-3-small\n';
  await desk.write(`${out}.yaml`, `${models}prompt: '{{ question }}'\nscore: [${specs.join(', ')}]\n`);
  await desk.pass(['run', 'rows.csv', '-c', `${out}.yaml`, '--simulate', 'answers.jsonl', '--out', out, '--no-cache']);
}

/** Every form in which a run is compared. */
const FORMS = ['folder', 'its results.jsonl', 'its results.csv', 'a copy', 'a baseline'] as const;

async function formsOf(desk: Desk, out: string): Promise<Readonly<Record<(typeof FORMS)[number], string>>> {
  await desk.write(`copies/${out}.jsonl`, await desk.read(`${out}/results.jsonl`));
  await desk.pass(['baseline', 'save', out, `baselines/${out}.jsonl`]);
  return {
    folder: out,
    'its results.jsonl': `${out}/results.jsonl`,
    'its results.csv': `${out}/results.csv`,
    'a copy': `copies/${out}.jsonl`,
    'a baseline': `baselines/${out}.jsonl`,
  };
}

/** Whether the answer of a line passes by each scorer. */
function passesOf(line: JsonObject): Readonly<Record<string, boolean>> {
  const thresholds = new Map(SCORERS.map(([name, , threshold]) => [name, threshold]));
  const own = textOr(line['row.__threshold'], '');
  thresholds.set('assert', own === '' ? 1 : Number(own));
  return Object.fromEntries(
    NAMES.map((name) => [name, Number(line[`score.${name}`]) >= (thresholds.get(name) ?? 1) - 1e-9]),
  );
}

function counted(
  lines: readonly JsonObject[],
  holds: (passes: Readonly<Record<string, boolean>>, at: number) => readonly string[],
) {
  const found = lines.flatMap((line, at) => holds(passesOf(line), at));
  return Object.fromEntries(NAMES.map((name) => [name, found.filter((one) => one === name).length]));
}

async function compared(desk: Desk, base: string, candidate: string): Promise<JsonObject> {
  const { stdout, stderr } = await desk.run(['compare', base, candidate, '--json', '--fail-on', 'none']);
  if (stdout === '') throw new Error(stderr);
  return parseObject(stdout);
}

const UNCHANGED = { flips: [], flipped: { worse: 0, better: 0, flaky: 0 } };

describe('the same answers', () => {
  it('pass alike in a run, its report, test cases and page, and as it is shown', async ({ desk }) => {
    await makeRun(desk, 'good', 'good');
    const lines = await jsonlResults(desk, 'good');
    const passes = lines.map(passesOf);
    // Each scorer lets some answers pass, and most of them not all.
    expect(counted(lines, (own) => NAMES.filter((name) => own[name]))).toMatchObject({
      num: 3,
      assert: 3,
      'levenshtein-2': 1,
    });
    const whole = passes.map((own) => Object.values(own).every(Boolean));
    expect(lines.map(({ passed }) => passed)).toEqual(whole);

    const report = parseObject((await desk.pass(['report', 'good', '--json'])).stdout);
    const figures = listOf(report['scorers']).map(objectOf);
    expect(
      Object.fromEntries(figures.map((one) => [one['scorer'], objectOf(listOf(one['leaderboard'])[0])['passed']])),
    ).toEqual(counted(lines, (own) => NAMES.filter((name) => own[name])));

    const junit = (await desk.run(['report', 'good', '--format', 'junit'])).stdout;
    expect(junit.match(/<failure/g) ?? []).toHaveLength(whole.filter((one) => !one).length);

    const { rows, head } = readReportPage(await desk.read('good/report.html'));
    const shown = rows.map(({ trials }) => trials.map((trial) => head.scorers.map((_, at) => trial.passed(at))));
    expect(shown).toEqual(passes.map((own) => [head.scorers.map((name) => own[name])]));

    const { rows: found } = parseObject((await desk.pass(['show', 'good', '--json'])).stdout);
    const told = listOf(found)
      .map(objectOf)
      .map(({ rowId, answers }) => [rowId, objectOf(listOf(answers)[0])['passed']]);
    expect(told).not.toHaveLength(0);
    expect(Object.fromEntries(lines.map(({ row_id: id }, at) => [id, whole[at]]))).toMatchObject(
      Object.fromEntries(told),
    );

    await desk.pass(['baseline', 'save', 'good', 'good.jsonl']);
    const [header = {}, ...saved] = jsonLines(await desk.read('good.jsonl'));
    const own = Object.fromEntries(SCORERS.map(([name, , threshold]) => [name, threshold]));
    expect(objectAt(header, 'thresholds')).toEqual({ ...own, assert: 1 });
    expect(saved.map(({ thresholds }) => thresholds)).toEqual([
      { assert: 0.5 },
      { assert: 0.5 },
      undefined,
      { assert: 0 },
    ]);
  });

  it('pass alike on both sides of a comparison, in whatever form', async ({ desk }) => {
    await makeRun(desk, 'good', 'good');
    await makeRun(desk, 'bad', 'bad');
    const [good, bad] = [await formsOf(desk, 'good'), await formsOf(desk, 'bad')];
    const [goodLines, badLines] = [await jsonlResults(desk, 'good'), await jsonlResults(desk, 'bad')];
    const earlier = badLines.map(passesOf);
    const gained = counted(goodLines, (own, at) => NAMES.filter((name) => own[name] && earlier[at]?.[name] === false));
    const lost = counted(goodLines, (own, at) => NAMES.filter((name) => !own[name] && earlier[at]?.[name] === true));
    expect(gained).toMatchObject({ factuality: 4, 'g-eval': 4, 'levenshtein-2': 1 });
    expect(lost).toMatchObject({ num: 1 });
    for (const before of FORMS) {
      for (const after of FORMS) {
        expect(await compared(desk, good[before], good[after]), `${before}, ${after}`).toMatchObject(UNCHANGED);
        // Of two copies nobody knows the thresholds.
        if (before === 'a copy' && after === 'a copy') continue;
        const { pairs } = await compared(desk, bad[before], good[after]);
        const figures = listOf(pairs).map(objectOf);
        const of = (key: string): object => Object.fromEntries(figures.map((pair) => [pair['scorer'], pair[key]]));
        expect([of('onlyCandidatePassed'), of('onlyBasePassed')], `${before}, ${after}`).toEqual([gained, lost]);
      }
    }
  });

  it('have not flipped where another scorer was added, a threshold was changed, or a baseline is of an earlier version', async ({
    desk,
  }) => {
    await makeRun(desk, 'good', 'good');
    await makeRun(desk, 'fewer', 'good', ['{type: module, path: ./num.mjs, threshold: 0.5}']);
    await makeRun(desk, 'stricter', 'good', ['{type: module, path: ./num.mjs, threshold: 0.7}', 'factuality']);
    const { good, ...others } = { good: await formsOf(desk, 'good'), fewer: await formsOf(desk, 'fewer') };
    for (const form of FORMS) {
      expect(await compared(desk, others.fewer[form], 'good'), form).toMatchObject(UNCHANGED);
      expect(await compared(desk, good[form], 'fewer'), form).toMatchObject(UNCHANGED);
    }
    const stricter = await compared(desk, 'good', 'stricter');
    expect(stricter).toMatchObject(UNCHANGED);
    expect(stricter['notes']).toContain('num: an answer passed from 0.5 on in the base, from 0.7 on in the candidate');
    // The other baselines of that version had those of some scorers, under names that may be of others.
    const [header = {}, ...lines] = jsonLines(await desk.read('baselines/good.jsonl'));
    const earlier = [
      { ...header, thresholds: { levenshtein: 0.9, similar: 0.35 } },
      ...lines.map(({ thresholds: _thresholds, ...line }) => line),
    ];
    await desk.write('earlier.jsonl', earlier.map((line) => `${JSON.stringify(line)}\n`).join(''));
    expect(await compared(desk, 'earlier.jsonl', 'good')).toMatchObject(UNCHANGED);
    expect(await compared(desk, 'good', 'earlier.jsonl')).toMatchObject(UNCHANGED);
  });
});
