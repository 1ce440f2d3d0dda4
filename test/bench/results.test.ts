import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { line } from '../../bench/support/figures.mjs';
import { inTurns, mediansOf } from '../../bench/support/measure.mjs';
import { type FigureLine, pageWith } from '../../bench/support/results-page.mjs';
import { ROOT, readPage } from '../docs/markdown.ts';
import { DOCS_PAGES } from '../docs/pages.ts';
import { looseVersions } from '../support/house.ts';

const PLACES = ['missed', 'startup', 'score'].map((name) => `<!-- measured ${name} -->\n<!-- end -->\n`).join('\n');
const WHERE = { date: '2026-01-02 03:04', cpu: 'A CPU', cores: 2, node: '20.20.2', packages: { undici: '7.30.2' } };

function measured(...lines: readonly FigureLine[]): Parameters<typeof pageWith>[2][string] {
  return { heads: { beside: 'floor' }, lines, loadAverage: [0.1, 1.5] };
}

const pair = (own: number, beside: number) => [{ s: own }, { s: beside }] as const;
const isMet = (value: number, goal: FigureLine['goal']) => line('x', { own: 1, unit: 's' }, [value, '×'], goal).isMet;
const slow = line('start', { own: 0.4, beside: 0.1, unit: 's' }, [4, '×'], { most: 1.3 });
const quick = line('start', { own: 0.1, beside: 0.1, unit: 's' }, [1, '×'], { most: 1.3 });
const scored = line('score', { own: 2.5, unit: 's' }, [12.5, 'µs'], { most: 12 });

describe('the page of results', () => {
  it('tells where a table comes from, and what was measured beside what', () => {
    const page = pageWith(PLACES, WHERE, { startup: measured(slow) });
    expect(page).toContain('2026-01-02 03:04 UTC, A CPU, 2 cores, Node 20.20.2, undici 7.30.2. ');
    expect(page).toContain('Load average 0.1 before and 1.5 after.');
    expect(page).toContain('| what | promptgrid | floor | figure | goal | |\n');
    expect(page).toContain('| start | 0.40 s | 0.10 s | 4.00 × | ≤ 1.30 × | missed |\n');
  });

  it('keeps sections that were not measured, and lists all goals that are missed', () => {
    const first = pageWith(PLACES, WHERE, { startup: measured(slow), score: measured(scored) });
    expect(first).toContain('- start: 4.00 ×, goal ≤ 1.30 ×\n- score: 12.5 µs, goal ≤ 12.0 µs\n');
    const second = pageWith(first, WHERE, { startup: measured(quick) });
    expect(second).toContain('| score | 2.50 s | – | 12.5 µs | ≤ 12.0 µs | missed |');
    expect(second).toContain('<!-- measured missed -->\n- score: 12.5 µs, goal ≤ 12.0 µs\n<!-- end -->');
    const third = pageWith(second, WHERE, { score: measured() });
    expect(third).toContain('<!-- measured missed -->\nNone.\n<!-- end -->');
  });

  it('refuses a section without a place', () => {
    expect(() => pageWith(PLACES, WHERE, { other: measured() })).toThrow('RESULTS.md has no place for other');
  });

  it('holds a goal against the figure as it is printed', () => {
    expect([isMet(1.304, { most: 1.3 }), isMet(1.306, { most: 1.3 })]).toEqual([true, false]);
    expect([isMet(0.976, { least: 0.98 }), isMet(0.974, { least: 0.98 }), isMet(9, null)]).toEqual([true, false, null]);
  });
});

describe('pairs', () => {
  it('begin with either side in turn', async () => {
    const order: string[] = [];
    const side = (name: string) => async () => order.push(name) && name;
    expect(await inTurns(3, side('a'), side('b'))).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(order.join('')).toBe('abbaab');
  });

  it('give medians, and the median of the ratios within a pair', () => {
    expect(mediansOf([pair(2, 1), pair(30, 10), pair(8, 2)], 's')).toEqual({ own: 8, beside: 2, ratio: 3 });
    expect(mediansOf([pair(2, 1), pair(4, 1)], 's')).toEqual({ own: 3, beside: 1, ratio: 3 });
  });
});

describe('benches that pages name', () => {
  const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...DOCS_PAGES];
  const all = [...pages, 'bench/README.md', 'bench/RESULTS.md'].map((path) => ({ path, text: readPage(path) }));

  it('are there', () => {
    const named = all.flatMap(({ path, text }) =>
      [...text.matchAll(/\bbench\/[\w/-]+\.(?:mjs|json|md)/g)].map(([file]) => ({ path, file })),
    );
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter(({ file }) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it('have the parts of the speed bench that pages ask for, each with a place in RESULTS.md', () => {
    const parts = /const SECTIONS = \{([^}]*)\}/.exec(readPage('bench/speed.mjs'))?.[1]?.split(',') ?? [];
    const sections = parts.map((name) => name.trim()).filter((name) => name !== '');
    const asked = all.flatMap(({ text }) => [...text.matchAll(/(?:npm run bench --|speed\.mjs) --only ([\w,]+)/g)]);
    expect(asked.length).toBeGreaterThan(sections.length);
    expect(asked.flatMap(([, names = '']) => names.split(',')).filter((name) => !sections.includes(name))).toEqual([]);
    const places = [...readPage('bench/RESULTS.md').matchAll(/<!-- measured (\w+) -->/g)].map(([, name]) => name);
    expect(new Set(places)).toEqual(new Set([...sections, 'missed', 'peers']));
    expect(places).toHaveLength(sections.length + 2);
  });
});

it('the packages of other tools are pinned, and not installed with the repository', () => {
  const manifest = readFileSync(join(ROOT, 'bench/peers/package.json'), 'utf8');
  expect(looseVersions(manifest)).toEqual([]);
  expect(readPage('package-lock.json')).not.toContain('node_modules/promptfoo"');
  expect(readdirSync(join(ROOT, 'bench/peers')).toSorted()).toEqual(['package.json', 'run.mjs', 'sdk-loop.mjs']);
});
