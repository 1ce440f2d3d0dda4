import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { codeBlocks, readPage, section, tableRows } from './markdown.ts';
import { DOCS_PAGES, isReference, PAGES } from './pages.ts';

const MOST_WORDS = 30;
const MOST_COLUMNS = 80;
const README_BYTES = 12_000;
const ARCHITECTURE_BYTES = 10_000;
const PAGE_CHARACTERS = 12_000;

const QUESTION_PAGES = DOCS_PAGES.filter((path) => !isReference(path));

/** Sentences of a page's prose, lists and tables, without code; code within a line counts as one word. */
function sentencesOf(page: string): readonly string[] {
  const prose = page
    .replaceAll(/^```[^]*?^```$/gm, '')
    .replaceAll(/<!--[^]*?-->/g, '')
    .replaceAll(/``.+?``|`[^`\n]+`/g, 'code')
    .replaceAll(/\]\([^)]*\)/g, ']');
  return prose
    .split(/\n\s*\n|\n(?=[-*|#]|\d+\. )|\|/)
    .flatMap((part) => part.replaceAll(/\s+/g, ' ').split(/(?<=[.!?…]['"”»)*\]]*) (?=\S)/))
    .map((sentence) => sentence.trim());
}

/** Number of words in a text; punctuation alone does not count. */
function wordCount(text: string): number {
  return text.split(' ').filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

function longSentences(page: string): readonly string[] {
  return sentencesOf(page).filter((sentence) => wordCount(sentence) > MOST_WORDS);
}

describe('sentences', () => {
  it('are separated, and counted without code', () => {
    const page = 'One `two three` four. Five\nsix\n\n- seven\n- eight\n\n```sh\nnot this one\n```\n\n| nine | ten |\n';
    expect(sentencesOf(page).filter((text) => text !== '')).toEqual([
      'One code four.',
      'Five six',
      '- seven',
      '- eight',
      'nine',
      'ten',
    ]);
    expect(longSentences('word '.repeat(MOST_WORDS))).toEqual([]);
    expect(longSentences('word '.repeat(MOST_WORDS + 1))).toHaveLength(1);
  });

  it.each(PAGES.filter((path) => path !== 'CHANGELOG.md'))('are short in %s', (path) => {
    expect(longSentences(readPage(path))).toEqual([]);
  });
});

/** The error hints in a source: in `hint: …`, in constants and functions named like it. */
function hintsOf(source: string): readonly string[] {
  const places = source.matchAll(
    /\bhint: ([^]*?)(?:,\n|\s\}\)|\n *\})|\b\w*HINT\w* =\s([^]*?);\n|function \w*[hH]int\w*\(([^]*?)\n\}/g,
  );
  return [...places].flatMap(([, property, constant, body]) => {
    const text = property ?? constant ?? body ?? '';
    return [...text.matchAll(/'((?:\\.|[^'\\\n])+)'|`((?:\\.|[^`\\])+)`/g)].map(
      ([, plain, template]) => plain ?? template ?? '',
    );
  });
}

const SOURCES = readdirSync(new URL('../../src', import.meta.url), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => `src/${path}`);

describe('error hints', () => {
  it('are found in a source', () => {
    const source =
      "{\n  hint: a ? 'One.' : `two ${b}`,\n}\nconst X_HINT =\n  'three';\nfunction aHint() {\n  return 'Four';\n}";
    expect(hintsOf(source)).toEqual(['One.', 'two ${b}', 'three', 'Four']);
  });

  it('begin in lower case, unless with a name, and have no full stop', () => {
    const names = /^(?:RE2|JSON|CSV|UTF-8|Node|Latin|GitHub)\b/;
    const hints = SOURCES.flatMap((path) => hintsOf(readPage(path)).map((hint) => `${path}: ${hint}`));
    expect(hints.length).toBeGreaterThan(200);
    const faulty = hints.filter((line) => {
      const hint = line.slice(line.indexOf(': ') + 2);
      return (/^\p{Lu}\p{Ll}/u.test(hint) && !names.test(hint)) || /[^.…]\.$/.test(hint);
    });
    expect(faulty).toEqual([]);
  });
});

describe('pages', () => {
  it.each([
    ['README.md', README_BYTES],
    ['ARCHITECTURE.md', ARCHITECTURE_BYTES],
  ])('%s has at most %i bytes', (path, most) => {
    expect(Buffer.byteLength(readPage(path))).toBeLessThanOrEqual(most);
  });

  it.each(QUESTION_PAGES)('%s is short enough to be read at once', (path) => {
    expect(readPage(path).length).toBeLessThanOrEqual(PAGE_CHARACTERS);
  });

  it('the README shows commands, output and command descriptions in 80 columns, the last in 9 lines', () => {
    const page = readPage('README.md');
    const shown = codeBlocks(page).flatMap(({ text }) => text.trimEnd().split('\n'));
    const table = section(page, 'Three jobs')
      .split('\n')
      .filter((line) => line.startsWith('|'));
    expect(shown.length).toBeGreaterThan(10);
    expect(table).toHaveLength(9);
    expect([...shown, ...table].filter((line) => [...line].length > MOST_COLUMNS)).toEqual([]);
  });

  it('docs/STYLE.md has 20 pairs of before and after', () => {
    expect(tableRows(section(readPage('docs/STYLE.md'), 'Before and after'))).toHaveLength(20);
  });

  it('no page advises installing an unpublished package name', () => {
    const pages = ['README.md', 'CONTRIBUTING.md', 'action.yml', 'examples/ci/github.yml', 'examples/ci/gitlab.yml'];
    const named = [...pages, ...DOCS_PAGES].filter((path) =>
      /npm (?:install|i|add)(?: -\S+)* "?promptgrid(?!-)/.test(readPage(path)),
    );
    expect(named).toEqual([]);
  });
});
