// Makes the vocabularies that tokens are counted with from gpt-tokenizer's, so that they are read and not compiled. The
// package itself, of 30 MB, need not be installed by users.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { vocabularyFile, vocabularyOf } from '../dist/modules/pricing/vocabulary-file.js';

const require = createRequire(import.meta.url);
const folder = fileURLToPath(new URL('../dist/vocabularies/', import.meta.url));

mkdirSync(folder, { recursive: true });
for (const name of ['cl100k_base', 'o200k_base']) {
  const file = `${folder}${name}.bin`;
  writeFileSync(file, vocabularyFile(require(`gpt-tokenizer/bpeRanks/${name}`).default));
  if (vocabularyOf(readFileSync(file)) === null) throw new Error(`${file} cannot be read back`);
}
cpSync(fileURLToPath(new URL('../node_modules/gpt-tokenizer/LICENSE', import.meta.url)), `${folder}LICENSE`);
