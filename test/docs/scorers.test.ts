import { describe, expect, it } from 'vitest';
import { COMMON_OPTIONS } from '../../src/app/config/score-settings.ts';
import { parseConfig } from '../../src/app/config/yaml-settings.ts';
import { scorers } from '../../src/scorers/index.ts';
import { OPTION_TYPES } from '../../src/scorers/option-types.ts';
import { ask, instruction } from '../scorers/asking.ts';
import { scoreOf } from '../scorers/scoring.ts';
import { codeBlocks, readPage, section, tableRows } from './markdown.ts';

const page = readPage('docs/SCORERS.md');

/** Rows of the tables whose first cell is a spec, and whose last is a score. */
const examples = page
  .split('\n## ')
  .flatMap((part) => (part.includes('| spec |') ? tableRows(part.slice(part.indexOf('| spec |'))) : []));

function plain(cell: string): string {
  return cell.replaceAll('⏎', '\n').replaceAll('⍽', '\u00a0');
}

function oneLine(text: string): string {
  return text.trim().replaceAll('\n', ' ');
}

describe('docs/SCORERS.md', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(40);
  });

  it.each(examples)('is correct: %s of %j if %j is expected is %s', async (spec, answer, expected, score) => {
    const { value } = await scoreOf(spec, plain(answer), expected === '' ? null : plain(expected));
    expect(value === null ? '' : String(Math.round(value * 1e12) / 1e12)).toBe(
      score === '' ? '' : String(Math.round(Number(score) * 1e12) / 1e12),
    );
  });

  it('has every scorer, with every option of its own', () => {
    for (const { name, options } of scorers) {
      expect(page).toContain(name === 'module' ? '`module:' : `\`${name}`);
      const missing = Object.keys(options(OPTION_TYPES)).filter(
        (option) => !page.includes(`\`${option}`) && !page.includes(`<${option}>`),
      );
      expect([name, missing]).toEqual([name, []]);
    }
  });

  it('prints the instructions of judges with a prompt of their own', async () => {
    const asked = [
      await ask('factuality', { output: 'x', expected: 'y' }),
      await ask('closed-qa:x', { output: 'x' }),
      await ask('g-eval:x', { output: 'x' }, '{"steps": ["y"]}'),
    ];
    const texts = asked.flatMap((each) => each.inquiries.slice(0, 2).map((_, place) => instruction(each, place)));
    const printed = codeBlocks(section(page, 'Judges with a prompt of their own')).map(({ text }) => oneLine(text));
    expect(new Set(printed.slice(1))).toEqual(new Set(texts));
  });

  it('has every option that all scorers take', () => {
    const named = tableRows(section(page, 'How to ask for one')).map(([option]) => option);
    expect(named).toEqual(['type', ...Object.keys(COMMON_OPTIONS)]);
  });

  it('shows only valid settings', () => {
    const blocks = codeBlocks(page).filter(({ language }) => language === 'yaml');
    expect(blocks.length).toBeGreaterThan(0);
    for (const { text } of blocks) expect(parseConfig(text, 'promptgrid.yaml')).toHaveProperty('score');
  });
});
