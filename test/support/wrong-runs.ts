import type { Desk } from './cli.ts';

const ROWS = 20;
const WRONG = 'a wrong answer, and a long one';

/** A run in which each model answers wrongly, and at length, on some of 20 rows. @param wrong numbers of those rows */
export async function wrongOn(
  desk: Desk,
  folder: string,
  wrong: Readonly<Record<string, readonly number[]>>,
): Promise<void> {
  const rows = Array.from({ length: ROWS }, (_, index) => ({ id: `r${index}`, q: `q${index}`, expected: `a${index}` }));
  const answers = Object.entries(wrong).flatMap(([model, places]) =>
    rows.map(({ q, expected }, index) => ({ model, prompt: q, output: places.includes(index) ? WRONG : expected })),
  );
  await desk.write('rows.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await desk.write('answers.jsonl', answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
  const grid = ['-m', Object.keys(wrong).join(','), '--prompt', '{{ q }}', '--score', 'exact', '--no-cache'];
  await desk.pass(['run', 'rows.jsonl', '--simulate', 'answers.jsonl', ...grid, '--out', folder]);
}
