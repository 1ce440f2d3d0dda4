import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ASSERTION_KINDS } from '../../src/scorers/assertion-kinds.ts';
import { parseAssertion } from '../../src/scorers/assertion-syntax.ts';
import { Checkout } from './checkout.ts';
import { codeBlocks, readPage, section, tableRows } from './markdown.ts';

describe('the table of assertions in docs/MOVING.md', () => {
  const rows = tableRows(section(readPage('docs/MOVING.md'), 'Assertions'));

  it('has every kind as errors show it', () => {
    expect(rows.map(([kind, example]) => [kind, example])).toEqual(
      [...ASSERTION_KINDS].map(([kind, { example }]) => [kind, example]),
    );
  });

  it('has valid examples', () => {
    for (const [kind, example = ''] of rows) {
      expect(parseAssertion(example).kind).toBe(ASSERTION_KINDS.get(kind ?? ''));
    }
  });
});

it('docs/MOVING.md has a command that works as documented', { timeout: 60_000 }, async () => {
  const [block] = codeBlocks(readPage('docs/MOVING.md'));
  const checkout = new Checkout({});
  try {
    const ended = await checkout.shell(block?.text ?? '');
    expect(ended).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('2 rows, 2 models'),
      stderr: expect.stringContaining('tests[1].assert[1]: no judge is named: the first model judges'),
    });
    const files = ['moved/promptgrid.yaml', 'moved/tests.jsonl'].map((file) => join(checkout.folder, file));
    expect(files.every((file) => existsSync(file))).toBe(true);
  } finally {
    checkout.close();
  }
});
