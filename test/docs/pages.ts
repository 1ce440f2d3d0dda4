import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './markdown.ts';

/** Every page of docs/, by its path. */
export const DOCS_PAGES: readonly string[] = readdirSync(join(ROOT, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .toSorted()
  .map((name) => `docs/${name}`);

/** Every page of the repository whose links are checked. */
export const PAGES: readonly string[] = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...DOCS_PAGES,
  'datasets/README.md',
  'results/README.md',
  'bench/README.md',
  'bench/RESULTS.md',
];

/** Pages whose commands are run, in this order and in one folder: later pages use files of earlier ones. */
export const RUN_PAGES: readonly string[] = [
  'README.md',
  ...[
    'getting-started',
    'datasets',
    'prompts',
    'content',
    'models',
    'cost',
    'limits-and-budget',
    'resume',
    'choose-a-model',
    'page',
    'look',
  ].map((name) => `docs/${name}.md`),
  ...['scores', 'SCORERS', 'gateway', 'library', 'ru', 'ESTIMATES', 'CI', 'scale'].map((name) => `docs/${name}.md`),
];

/** Reference pages, which may be longer: those with an upper-case name. */
export function isReference(path: string): boolean {
  return /^docs\/[A-Z]+\.md$/.test(path);
}
