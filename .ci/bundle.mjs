// Bundles the program and what it loads into few files: most of a short run is the loading of some hundred modules.
// What is native or large data stays outside, and so does what the library's users bring themselves.

import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const bundle = await rolldown({
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  input: {
    'cli/main': 'src/cli/main.ts',
    'cli/program': 'src/cli/program.ts',
    index: 'src/index.ts',
    vitest: 'src/vitest.ts',
  },
  platform: 'node',
  tsconfig: false,
  external: ['lmdb', 'vitest', /^gpt-tokenizer(?:\/|$)/, '@pydantic/genai-prices'],
  onLog: (level, { message }) => {
    throw new Error(`${level}: ${message}`);
  },
});
await bundle.write({
  dir: 'dist',
  chunkFileNames: 'chunks/[name]-[hash].js',
  sourcemap: true,
  // Names stay, so that a stack can be read without the source map, which is not in the package.
  comments: { legal: true, annotation: false, jsdoc: false },
});
