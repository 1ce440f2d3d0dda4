import { describe, expect, it } from 'vitest';
import { AnsweredRow, type AnswerSource, answersOf } from '../../../src/app/scoring/answered-rows.ts';
import type { Result } from '../../../src/core/result.ts';
import { completed, errored } from '../../engine/results.ts';
import { scorerOf } from '../../scorers/scoring.ts';

const ROW = { id: 'r7', hasOwnId: false, vars: { expected: 'Paris' }, line: 2 };
const PLANNED = { row: ROW, trials: [1, 2, 3, 4] };

/** The second trial errored, and the third has no result. */
function resultOf(trial: number): Result | null {
  if (trial === 3) return null;
  return trial === 2 ? errored(trial) : completed(trial);
}

type Find = AnswerSource<number>['find'];

function source(find: Find = resultOf, scorers: AnswerSource<number>['scorers'] = []): AnswerSource<number> {
  return { find, scorers, expectedColumn: 'expected', keepThoughts: false };
}

function placesOf({ size }: AnsweredRow<number>): readonly number[] {
  return Array.from({ length: size }, (_, place) => place);
}

async function foundOf(from: AnswerSource<number>) {
  const row = await AnsweredRow.open(PLANNED, from);
  return Promise.all(placesOf(row).map((place) => Promise.resolve(row.at(place))));
}

describe('the results of a row’s trials', () => {
  it('are available without a promise if they are in memory', () => {
    const row = AnsweredRow.open(PLANNED, source());
    expect(row).not.toBeInstanceOf(Promise);
    if (row instanceof Promise) return;
    expect(placesOf(row).map((place) => row.at(place))).toEqual([
      expect.objectContaining({ trial: 1, result: expect.objectContaining({ status: 'completed' }) }),
      expect.objectContaining({ trial: 2, result: expect.objectContaining({ status: 'errored' }), answer: null }),
      null,
      expect.objectContaining({ trial: 4, result: expect.objectContaining({ status: 'completed' }) }),
    ]);
  });

  it.each([1, 2, 3, 4])('are the same, in order, if that of trial %d is asynchronous', async (late) => {
    const found = foundOf(source((trial) => (trial === late ? Promise.resolve(resultOf(trial)) : resultOf(trial))));
    expect(await found).toEqual(await foundOf(source()));
  });

  it('are looked up one at a time', async () => {
    const asked: number[] = [];
    const row = await AnsweredRow.open(
      PLANNED,
      source((trial) => {
        asked.push(trial);
        return resultOf(trial);
      }),
    );
    expect(asked).toEqual([]);
    for (const place of placesOf(row)) {
      expect(row.at(place)).toEqual(place === 2 ? null : expect.objectContaining({ trial: place + 1 }));
      expect(asked).toHaveLength(place + 1);
    }
    expect(row.at(row.size)).toBeNull();
  });

  it('have the row’s current id', async () => {
    const found = await foundOf(source());
    expect(found.map((one) => one?.result.rowId)).toEqual(['r7', 'r7', undefined, 'r7']);
  });

  it('come with the row’s expected answer, and without other answers if no scorer compares them', async () => {
    const [first] = await foundOf(source());
    const expected = { text: 'Paris', alternatives: undefined };
    expect(first?.answer).toMatchObject({ row: ROW, expected, peers: [], keepThoughts: false });
  });

  it('come with the row’s other answers if a scorer compares them, each looked up once', async () => {
    const asked: number[] = [];
    const find: Find = (trial) => {
      asked.push(trial);
      return Promise.resolve(resultOf(trial));
    };
    const [first] = await foundOf(source(find, [await scorerOf('judge-pairwise:gpt-4o')]));
    expect(first?.answer?.peers.map(({ completion }) => completion.output)).toEqual(['answer 1', 'answer 4']);
    expect(asked).toEqual([1, 2, 3, 4]);
  });
});

it('the answers of a row are those of completed trials', async () => {
  const answers: number[] = [];
  for await (const { trial, answer } of answersOf(PLANNED, source())) {
    expect(answer.result.trialId).toBe(completed(trial).trialId);
    answers.push(trial);
  }
  expect(answers).toEqual([1, 4]);
});
