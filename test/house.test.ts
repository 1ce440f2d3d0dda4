import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  layerViolations,
  leaks,
  lockFaults,
  looseVersions,
  roomViolations,
  strayEntries,
  undocumentedExports,
  unregisteredParts,
} from './support/house.ts';
import type { Tree } from './support/source.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

describe('the source', () => {
  const sources = sourceFiles();

  it('is where the checks look for it', () => {
    expect(sources.has('src/core/result.ts')).toBe(true);
  });

  it('imports only what the layer table allows', () => {
    expect(layerViolations(sources)).toEqual([]);
  });

  it('imports inside core and app only what stands before', () => {
    expect(roomViolations(sources)).toEqual([]);
  });

  it('reaches every part from the registry of its folder', () => {
    expect(unregisteredParts(sources)).toEqual([]);
  });

  it('documents every export', () => {
    expect(undocumentedExports(sources)).toEqual([]);
  });
});

describe('the packages', () => {
  it('are pinned to exact versions', () => {
    expect(looseVersions(read('package.json'))).toEqual([]);
  });

  it('are all locked, by checksum, and tied to no registry', () => {
    expect(lockFaults(read('package-lock.json'))).toEqual([]);
  });
});

const tracked = trackedPaths();

describe.skipIf(tracked === null)('the repository (needs git and a checkout)', () => {
  const paths = tracked ?? [];

  it('is where the checks look for it', () => {
    expect(paths).toContain('package.json');
  });

  it('has at its top only what has a place there', () => {
    expect(strayEntries(paths)).toEqual([]);
  });

  it('holds no machine paths and no keys', () => {
    expect(leaks(textFiles(paths))).toEqual([]);
  });
});

describe('the layer check', () => {
  it('accepts what the table allows', () => {
    const sources = tree({
      'src/core/row.ts': "import { hash } from 'node:crypto';\nexport const a = hash;",
      'src/io/lines.ts': "import { open } from 'node:fs/promises';\nexport const b = open;",
      'src/datasets/csv.ts': "import type { a } from '../core/row.ts';\nimport { parse } from 'csv-parse';",
      'src/app/run.ts': "export * from '../datasets/csv.ts';",
      'src/index.ts': "export { c } from './app/run.ts';",
    });
    expect(layerViolations(sources)).toEqual([]);
  });

  it.each([
    ['a multi-line import', "import {\n  a,\n  b,\n} from '../engine/pool.ts';"],
    ['a type import', "import type { A } from '../engine/pool.ts';"],
    ['an import for its effect', "import '../engine/pool.ts';"],
    ['a re-export of names', "export { a } from '../engine/pool.ts';"],
    ['a re-export of types', "export type { A } from '../engine/pool.ts';"],
    ['a re-export of everything', "export * as pool from '../engine/pool.ts';"],
    ['a dynamic import', "export const a = () => import('../engine/pool.ts');"],
    ['a dynamic import with a template', 'export const a = () => import(`../engine/pool.ts`);'],
    ['a type taken from an import', "export type A = import('../engine/pool.ts').A;"],
  ])('sees %s', (_form, text) => {
    const sources = tree({ 'src/scorers/exact.ts': text, 'src/engine/pool.ts': '' });
    expect(layerViolations(sources)).toEqual(['src/scorers/exact.ts: scorers may not import src/engine/pool.ts']);
  });

  it('sees what goes back up the rooms of core, and nothing else', () => {
    const sources = tree({
      'src/core/paired/a.ts': "import { b } from '../stats/b.ts';\nimport { c } from '../analysis/c.ts';",
      'src/core/stats/b.ts': "import type { d } from '../money.ts';",
      'src/core/analysis/c.ts': "import { b } from '../paired/a.ts';",
      'src/core/money.ts': "import { c } from './analysis/c.ts';",
    });
    expect(roomViolations(sources)).toEqual(['src/core/paired/a.ts: may not import src/core/analysis/c.ts']);
  });

  it('sees what goes back up the rooms of app, and rooms that have no place', () => {
    const sources = tree({
      'src/app/environment.ts': "import { a } from './run/a.ts';",
      'src/app/run/a.ts': "import type { b } from '../estimate/b.ts';\nimport type { c } from '../environment.ts';",
      'src/app/estimate/b.ts': "import { b } from '../run/a.ts';\nimport { d } from '../account.ts';",
      'src/app/account.ts': "import { b } from './estimate/b.ts';",
      'src/app/judge/e.ts': '',
    });
    expect(roomViolations(sources)).toEqual([
      'src/app/environment.ts: may not import src/app/run/a.ts',
      'src/app/run/a.ts: may not import src/app/estimate/b.ts',
      'src/app/estimate/b.ts: may not import src/app/account.ts',
      'src/app/judge/e.ts: its room has no place in the order',
    ]);
  });

  it('does not take comments and strings for imports', () => {
    const text =
      "// import '../engine/pool.ts'\nexport const a = \"import '../engine/pool.ts'\";\nexport const b = /'/;";
    expect(layerViolations(tree({ 'src/scorers/exact.ts': text, 'src/engine/pool.ts': '' }))).toEqual([]);
  });

  it.each([
    ['src/core/row.ts', "import { readFile } from 'node:fs';", 'core may not import node:fs'],
    ['src/core/row.ts', "import { z } from 'zod';", 'core may not import zod'],
    ['src/io/csv.ts', "import { a } from './gone.ts';", 'imports src/io/gone.ts, which is not a source file'],
    ['src/util/misc.ts', '', 'util has no place in the layer table'],
    ['src/helpers.ts', '', 'helpers.ts has no place in the layer table'],
  ])('refuses in %s: %s', (path, text, why) => {
    expect(layerViolations(tree({ [path]: text }))).toEqual([`${path}: ${why}`]);
  });

  it.each([
    ['datasets', 'prompts'],
    ['gateway', 'providers'],
    ['engine', 'pricing'],
    ['commands', 'engine'],
    ['cli', 'engine'],
    ['store', 'engine'],
    ['engine', 'store'],
    ['app', 'commands'],
  ])('refuses %s importing %s', (from, to) => {
    const sources = tree({ [`src/${from}/a.ts`]: `import '../${to}/b.ts';`, [`src/${to}/b.ts`]: '' });
    expect(layerViolations(sources)).toEqual([`src/${from}/a.ts: ${from} may not import src/${to}/b.ts`]);
  });

  it('names the file that it cannot read', () => {
    expect(() => layerViolations(tree({ 'src/app/run.ts': 'export const = 1;' }))).toThrow('src/app/run.ts: ');
  });

  it('refuses an import whose specifier is computed', () => {
    const sources = tree({ 'src/app/run.ts': 'export const load = (name: string) => import(`./${name}.ts`);' });
    expect(() => layerViolations(sources)).toThrow('src/app/run.ts: an import whose specifier is computed');
  });

  it('accepts one only in what loads a module of the user', () => {
    const text = "export const load = (name: string) => import(name);\nimport '../../app/run.ts';";
    const sources = tree({ 'src/io/program/module-worker.ts': text, 'src/app/run.ts': 'export const a = 1;' });
    expect(layerViolations(sources)).toEqual(['src/io/program/module-worker.ts: io may not import src/app/run.ts']);
    const other = tree({ 'src/scorers/other.ts': 'export const load = (name: string) => import(name);' });
    expect(() => layerViolations(other)).toThrow('src/scorers/other.ts: an import whose specifier is computed');
  });
});

describe('the registry check', () => {
  it('accepts parts and helpers that the registry reaches', () => {
    const sources = tree({
      'src/scorers/index.ts': "import { exact } from './exact.ts';",
      'src/scorers/exact.ts': "import { fold } from './text/fold.ts';",
      'src/scorers/text/fold.ts': '',
    });
    expect(unregisteredParts(sources)).toEqual([]);
  });

  it('names a part that the registry forgets, even one that a forgotten part imports', () => {
    const sources = tree({
      'src/store/formats/index.ts': '',
      'src/store/formats/csv.ts': "import './cell.ts';",
      'src/store/formats/cell.ts': '',
    });
    expect(unregisteredParts(sources)).toEqual([
      'src/store/formats/csv.ts: not reached from src/store/formats/index.ts',
      'src/store/formats/cell.ts: not reached from src/store/formats/index.ts',
    ]);
  });

  it('names a folder without a registry', () => {
    expect(unregisteredParts(tree({ 'src/commands/run.ts': '' }))).toEqual([
      'src/commands: has no registry (index.ts)',
    ]);
  });
});

describe('the check of docstrings', () => {
  it('sees an export without a docstring', () => {
    const text =
      '/** One. */\nexport const a = 1;\n// Two.\nexport function b(): void {}\nexport { c } from "./c.ts";\n';
    expect(undocumentedExports(tree({ 'src/a.ts': text }))).toEqual([
      'src/a.ts: export function b(): void {} has no docstring',
    ]);
  });
});

describe('the checks of packages', () => {
  it.each(['^1.2.3', '~1.2.3', '1.x', '*', 'latest', '>=1.2.3', 'file:../a', 'npm:b@1.2.3'])(
    'refuse the version %s',
    (version) => {
      expect(looseVersions(JSON.stringify({ devDependencies: { a: version } }))).toEqual([
        `devDependencies: a is ${version}, not one exact version`,
      ]);
    },
  );

  it('accept exact versions', () => {
    expect(looseVersions(JSON.stringify({ dependencies: { a: '1.2.3', b: '2.0.0-rc.1' } }))).toEqual([]);
  });

  it('refuse an address, a missing checksum and a missing package in the lock file', () => {
    const entries = {
      '': { name: 'own' },
      'node_modules/a': { version: '1.0.0', integrity: 'sha512-AA==' },
      'node_modules/b': { version: '1.0.0', integrity: 'sha512-AA==', resolved: 'https://packages.example/b.tgz' },
      'node_modules/c': { version: '1.0.0' },
      'node_modules/c/node_modules/@d/d': {
        version: '1.0.0',
        integrity: 'sha512-AA==',
        dependencies: { a: '^1.0.0' },
        optionalDependencies: { 'e-win32': '1.0.0' },
      },
    };
    expect(lockFaults(JSON.stringify({ packages: entries }))).toEqual([
      'node_modules/b: has a resolved address',
      'node_modules/c: has no checksum',
      'node_modules/c/node_modules/@d/d: needs e-win32, which is not locked',
    ]);
  });
});

describe('the checks of the repository', () => {
  it('name what has no place at the top, once', () => {
    expect(strayEntries(['src/core/row.ts', 'README.md', 'notes.txt', 'tmp/a', 'tmp/b', '.env'])).toEqual([
      'notes.txt',
      'tmp',
      '.env',
    ]);
  });

  it.each([
    ['a home folder', ['', 'home', 'someone', 'work'].join('/')],
    ['a home folder on macOS', ['', 'Users', 'someone'].join('/')],
    ['a home folder on Windows', ['C:', 'Users', 'someone'].join('\\')],
    ['the home folder of root', ['', 'root', '.npmrc'].join('/')],
    ['an API key', ['sk', 'proj', 'a1B2'.repeat(10)].join('-')],
    ['a GitHub token', `ghp_${'a1B2'.repeat(9)}`],
    ['a private key', ['-----BEGIN', 'RSA', 'PRIVATE', 'KEY-----'].join(' ')],
  ])('see %s', (_what, secret) => {
    expect(leaks(tree({ 'docs/a.md': `fine\nsee ${secret} here` }))).toEqual(['docs/a.md:2: a machine path or a key']);
  });

  it('take no address or relative path for a machine path', () => {
    const text = 'https://site.example/home/page src/root/a ./home/b task-12345678901234567890123456789012';
    expect(leaks(tree({ 'docs/a.md': text }))).toEqual([]);
  });
});

/** What each rule of lint forbids, by its code. */
const FORBIDDEN: readonly (readonly [rule: string, text: string])[] = [
  ['typescript(no-explicit-any)', 'export const a = (b: any): unknown => b;'],
  ['typescript(ban-ts-comment)', '// @ts-ignore\nexport const a: number = "b";'],
  ['typescript(no-non-null-assertion)', 'export const a = (b: string | null): string => b!;'],
  ['import(no-default-export)', 'export default 1;'],
  ['eslint(max-params)', 'export const f = (a: 1, b: 2, c: 3, d: 4, e: 5): unknown => [a, b, c, d, e];'],
  [
    'eslint(max-lines-per-function)',
    `export function f(): void {\n${'  g();\n'.repeat(59)}}\ndeclare function g(): void;`,
  ],
  ['eslint(max-lines)', 'export {};\n'.repeat(401)],
  ['typescript(no-floating-promises)', 'export function f(): void {\n  Promise.reject(new Error("lost"));\n}'],
  ['typescript(no-unsafe-return)', 'export const f = (text: string): number => JSON.parse(text);'],
  ['eslint(no-restricted-properties)', 'export const a = process.env;'],
  ['eslint(no-restricted-properties)', "export const a = process['argv'];"],
  ['eslint(no-restricted-properties)', 'export const { exit } = process;'],
  ['eslint(no-restricted-properties)', 'process.exitCode = 1;'],
  ['eslint(no-restricted-properties)', 'globalThis.process.exit(1);'],
  ['eslint(no-restricted-imports)', "import { argv as words } from 'node:process';\nexport const a = words;"],
];

/** Files that lint says nothing of, or what each says below. */
const LINTED = {
  'src/app/circle/a.ts': "import type { B } from './b.ts';\nexport type A = B[];",
  'src/app/circle/b.ts': "import type { A } from './a.ts';\nexport type B = A | null;",
  'src/cli/a.ts': 'export function end(): void {\n  process.exitCode = process.argv.length;\n}\n',
  'src/app/c.ts': 'export const { rss } = process.memoryUsage();\n',
  'src/app/long.ts': `export function f(a: 1, b: 2, c: 3, d: 4): void {\n${'  g(a, b, c, d);\n'.repeat(58)}}\ndeclare function g(...all: number[]): void;\n`,
} as const;

describe('the lint rules', () => {
  let codesOf: (path: string) => readonly string[];
  beforeAll(() => {
    const forbidden = FORBIDDEN.map(([, text], place): [string, string] => [`src/app/forbidden-${place}.ts`, text]);
    // Lint takes longer to start than for all of these.
    codesOf = lint(new Map([...forbidden, ...Object.entries(LINTED)]));
  });

  it.each(FORBIDDEN.map(([rule], place) => [rule, place] as const))('refuse what %s forbids', (rule, place) => {
    expect(codesOf(`src/app/forbidden-${place}.ts`)).toContain(rule);
  });

  it('refuse a circle of imports, of types too', () => {
    expect(codesOf('src/app/circle/a.ts')).toContain('import(no-cycle)');
  });

  it('leave the process to src/cli', () => {
    expect(codesOf('src/cli/a.ts')).toEqual([]);
    expect(codesOf('src/app/c.ts')).toEqual([]);
  });

  it('accept a function of 60 lines with 4 parameters', () => {
    expect(codesOf('src/app/long.ts')).toEqual([]);
  });
});

/** The codes of the rules that each of some files breaks, by its path; for any other path it throws. */
function lint(files: Tree): (path: string) => readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'promptgrid-lint-'));
  try {
    for (const file of ['.oxlintrc.json', 'tsconfig.json']) cpSync(join(ROOT, file), join(folder, file));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const words = [join(ROOT, 'node_modules', 'oxlint', 'bin', 'oxlint'), '--format=json', ...files.keys()];
    const ended = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
    const report: { diagnostics: { code: string; filename: string }[]; number_of_files: number } = JSON.parse(
      ended.stdout,
    );
    expect(report.number_of_files).toBe(files.size);
    const found = report.diagnostics.map(({ code, filename }) => [filename.replaceAll('\\', '/'), code] as const);
    expect(found.filter(([path]) => !files.has(path))).toEqual([]);
    return (path) => {
      if (!files.has(path)) throw new Error(`${path} was not linted`);
      return found.flatMap(([of, code]) => (of === path ? [code] : []));
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sourceFiles(): Tree {
  const paths = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .map((path) => `src/${path.replaceAll('\\', '/')}`)
    // A declaration file has nothing to run, so nothing reaches it.
    .filter((path) => /(?<!\.d)\.[cm]?tsx?$/.test(path));
  return textFiles(paths.sort());
}

/** What git holds; null where git or its folder is missing. */
function trackedPaths(): string[] | null {
  if (!existsSync(join(ROOT, '.git'))) return null;
  // The checkout may belong to somebody else than who runs the tests, as in a container.
  const ended = spawnSync('git', ['-c', 'safe.directory=*', 'ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' });
  return ended.status === 0 ? ended.stdout.split('\0').filter(Boolean) : null;
}

/** The files that exist and are text. */
function textFiles(paths: readonly string[]): Tree {
  const texts = paths
    .filter((path) => existsSync(join(ROOT, path)))
    .map((path): [string, string] => [path, read(path)]);
  return new Map(texts.filter(([, text]) => !text.includes('\0')));
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function tree(files: Readonly<Record<string, string>>): Tree {
  return new Map(Object.entries(files));
}
