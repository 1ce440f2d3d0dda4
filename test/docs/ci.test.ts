import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMPARE_OPTIONS } from '../../src/app/compare/options.ts';
import { REPORT_KINDS } from '../../src/app/compare/reports.ts';
import { flagName, type OptionSpec } from '../../src/core/option-spec.ts';
import { ROOT, readPage, section, tableRows } from './markdown.ts';

const page = readPage('docs/CI.md');
const COMMON = ['--json', '--quiet', '--wide', '--help', '--version'];

/** Long flags of a command's own that its help lists. */
function ownFlags(command: string): readonly string[] {
  const { stdout } = spawnSync(process.execPath, [join(ROOT, 'dist', 'cli', 'main.js'), command, '--help'], {
    encoding: 'utf8',
  });
  return [...stdout.matchAll(/^ +(--[\w-]+)/gm)].map(([, flag = '']) => flag).filter((flag) => !COMMON.includes(flag));
}

/** First cells of a section's tables that are flags. */
function shownFlags(...titles: readonly string[]): readonly string[] {
  return titles
    .flatMap((title) => tableRows(section(page, title)).map(([flag = '']) => flag))
    .filter((f) => f.startsWith('--'));
}

describe('docs/CI.md', () => {
  it('has every flag of compare', () => {
    const shown = shownFlags('When a build fails', 'What is paired with what');
    expect([...shown, '--flips', '--report'].toSorted()).toEqual(ownFlags('compare').toSorted());
    expect(section(page, 'Reports')).toContain('`--flips');
  });

  it('has the default of every gate of compare', () => {
    const shown = tableRows(section(page, 'When a build fails')).filter(([flag = '']) => flag.startsWith('--'));
    expect(shown.length).toBeGreaterThan(0);
    const defaults = new Map(
      Object.entries<OptionSpec>(COMPARE_OPTIONS).map(([name, { defaultText }]) => [
        `--${flagName(name)}`,
        defaultText,
      ]),
    );
    for (const [flag = '', shownDefault] of shown) expect(shownDefault, flag).toBe(defaults.get(flag) ?? '–');
  });

  it('has every flag of baseline', () => {
    expect(shownFlags('A baseline in the repository').toSorted()).toEqual(ownFlags('baseline').toSorted());
  });

  it('has every report', () => {
    const shown = tableRows(section(page, 'Reports')).map(([name = '']) => name.replace('=FILE', ''));
    expect(shown.toSorted()).toEqual(REPORT_KINDS.toSorted());
  });
});
