import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { headings, ROOT, readPage } from './markdown.ts';

const PAGES = [
  ...[
    'README.md',
    'ARCHITECTURE.md',
    'CHANGELOG.md',
    'docs/CI.md',
    'docs/CONFIGURATION.md',
    'docs/COSTS.md',
    'docs/ESTIMATES.md',
    'docs/MOVING.md',
    'docs/RELIABILITY.md',
    'docs/STATISTICS.md',
  ],
  ...['datasets/README.md', 'results/README.md', 'bench/README.md'],
].filter((path) => existsSync(join(ROOT, path)));

const LINK = /\]\((?!https?:)([^)\s]*)\)/g;

/** The fragment by which a heading is reached, as GitHub makes it. */
function fragmentOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

/** Links of a page that lead nowhere. */
function brokenLinks(path: string): readonly string[] {
  return [...readPage(path).matchAll(LINK)]
    .map(([, link = '']) => link)
    .filter((link) => {
      const [file = '', fragment] = link.split('#');
      const target = file === '' ? join(ROOT, path) : join(ROOT, dirname(path), file);
      if (!existsSync(target)) return true;
      if (fragment === undefined) return false;
      return !headings(readFileSync(target, 'utf8')).some(({ text }) => fragmentOf(text) === fragment);
    });
}

it('looks at the pages that users read', () => {
  expect(PAGES).toContain('README.md');
  expect([...readPage('README.md').matchAll(LINK)].length).toBeGreaterThan(10);
});

it.each(PAGES)('%s has no link that leads nowhere', (path) => {
  expect(brokenLinks(path)).toEqual([]);
});
