import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { headings, ROOT, readPage } from './markdown.ts';
import { DOCS_PAGES, PAGES } from './pages.ts';

const LINK = /\]\((?!https?:)([^)\s]*)\)/g;

/** The fragment of a heading, as GitHub makes it. */
function fragmentOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

/** Targets of a page's links: a path from the top of the repository, and an optional fragment. */
function linksOf(path: string): readonly { readonly file: string; readonly fragment: string | undefined }[] {
  // A link within code is an example of one.
  const page = readPage(path).replaceAll(/`[^`\n]+`/g, '');
  return [...page.matchAll(LINK)].map(([, link = '']) => {
    const [file = '', fragment] = link.split('#');
    return { file: file === '' ? path : join(dirname(path), file), fragment };
  });
}

/** Broken links of a page. */
function brokenLinks(path: string): readonly string[] {
  return linksOf(path)
    .filter(({ file, fragment }) => {
      const target = join(ROOT, file);
      if (!existsSync(target)) return true;
      if (fragment === undefined) return false;
      return !headings(readFileSync(target, 'utf8')).some(({ text }) => fragmentOf(text) === fragment);
    })
    .map(({ file, fragment }) => `${file}#${fragment ?? ''}`);
}

it('checks the pages that users read', () => {
  expect(PAGES).toContain('docs/getting-started.md');
  expect([...readPage('README.md').matchAll(LINK)].length).toBeGreaterThan(10);
});

it.each(PAGES)('%s has no broken link', (path) => {
  expect(brokenLinks(path)).toEqual([]);
});

it('every page of docs/ is reached from the README, from page to page', () => {
  const reached = new Set(['README.md']);
  // A set iterates over items that are added during iteration.
  for (const path of reached) {
    for (const { file } of linksOf(path)) if (PAGES.includes(file)) reached.add(file);
  }
  expect(DOCS_PAGES.filter((path) => !reached.has(path))).toEqual([]);
});
