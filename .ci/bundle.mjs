// Bundles the program and what it loads into few files: most of a short run is the loading of some hundred modules.
// What is native or large data stays outside, and so does what the library's users bring themselves.

import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/**
 * Chunks, and the files that each begins with. A chunk has all that they import, except for what an earlier chunk has.
 * What no chunk has gets one by itself, which would be some hundred files without these: each takes as long as 10 kB of
 * code. No command loads a chunk of which it needs only a little.
 */
const CHUNKS = {
  version: ['src/app/version.ts'],
  base: ['src/cli/program.ts'],
  parser: ['src/cli/parser.ts', 'src/app/config/settings.ts'],
  compare: ['src/app/compare/index.ts', 'src/app/compare/reports.ts'],
  report: ['src/app/report/index.ts', 'src/reporters/index.ts'],
  run: [
    'src/app/config/from-flags.ts',
    'src/app/run/index.ts',
    'src/commands/advice.ts',
    'src/store/formats/result-file.ts',
    'node_modules/csv-stringify/lib/sync.js',
  ],
};

/** Statements of packages, and what does the same but only when it is needed, which is seldom. */
const LATER = [
  {
    // HTTP/2 is not asked for, and Node's takes 10 ms to load.
    file: 'node_modules/undici/lib/dispatcher/client.js',
    now: "const connectH2 = require('./client-h2.js')",
    later: "const connectH2 = (client, socket) => require('./client-h2.js')(client, socket)",
  },
  // Of help that the parser lays out itself. The first segmenter of a process takes 13 ms.
  ...['cliui', 'yargs'].map((name) => ({
    file: `node_modules/${name}/node_modules/string-width/index.js`,
    now: 'const segmenter = new Intl.Segmenter()',
    later: 'const segmenter = { segment: (text) => new Intl.Segmenter().segment(text) }',
  })),
];

/** Files named here that the bundle has not had yet. */
const missing = new Set([...Object.values(CHUNKS).flat(), ...LATER.map(({ file }) => file)]);

function isFile(id, file) {
  if (!id.replaceAll('\\', '/').endsWith(`/${file}`)) return false;
  missing.delete(file);
  return true;
}

const makeLater = {
  name: 'make-later',
  transform(code, id) {
    const found = LATER.find(({ file }) => isFile(id, file));
    if (found === undefined) return null;
    if (!code.includes(found.now)) throw new Error(`${found.file} no longer has: ${found.now}`);
    // Lines stay where they are, as the map has them.
    return { code: code.replace(found.now, found.later), map: null };
  },
};

/**
 * V8 keeps a text with one character beyond Latin-1 in two bytes a character: a few dashes would double a megabyte of
 * code. In strings, templates, regular expressions and comments an escape means the same.
 */
const inAscii = {
  name: 'in-ascii',
  generateBundle(_options, files) {
    for (const file of Object.values(files)) {
      if (file.type === 'chunk') file.code = file.code.replaceAll(/[^\0-\x7f]/g, escaped);
    }
  },
};

/** Of one UTF-16 unit, so that a pair becomes two. */
function escaped(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const bundle = await rolldown({
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  input: {
    'cli/main': 'src/cli/main.ts',
    'cli/program': 'src/cli/program.ts',
    index: 'src/index.ts',
    vitest: 'src/vitest.ts',
    // Threads begin with a file of their own.
    'module-worker': 'src/io/program/module-worker.ts',
  },
  plugins: [makeLater, inAscii],
  platform: 'node',
  tsconfig: false,
  external: ['lmdb', 'vitest', 'bullmq', 'ioredis', '@pydantic/genai-prices'],
  onLog: (level, { code, message }) => {
    // What a module loads later may be in a chunk that is there already.
    if (code === 'INEFFECTIVE_DYNAMIC_IMPORT') return;
    throw new Error(`${level}: ${message}`);
  },
});
await bundle.write({
  dir: 'dist',
  codeSplitting: {
    groups: Object.entries(CHUNKS).map(([name, files], place) => ({
      name,
      test: (id) => files.some((file) => isFile(id, file)),
      priority: -place,
    })),
  },
  chunkFileNames: 'chunks/[name]-[hash].js',
  sourcemap: true,
  // Names stay, so that a stack can be read without the source map, which is not in the package.
  comments: { legal: true, annotation: false, jsdoc: false },
});
if (missing.size > 0)
  throw new Error(`.ci/bundle.mjs names files that the bundle does not have: ${[...missing].join(', ')}`);
