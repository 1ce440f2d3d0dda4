#!/usr/bin/env node
import module from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { promptgridVersion } from '../app/version.ts';

/** Runs one command line. All that is not always needed is loaded from here on, so that the cache of code can serve it. */
async function main(words: readonly string[]): Promise<void> {
  if (words.length === 1 && (words[0] === '--version' || words[0] === '-v')) {
    process.stdout.write(`${promptgridVersion()}\n`);
    return;
  }
  keepCompiledCode();
  const { runProgram } = await import('./program.ts');
  await runProgram(words);
}

/** Node 22 and later read code that was compiled by an earlier start from a folder below that for temporary files. */
function keepCompiledCode(): void {
  // Node 20, whose types are ours, has no such function.
  const enable: unknown = Reflect.get(module, 'enableCompileCache');
  if (typeof enable === 'function') Reflect.apply(enable, module, []);
}

/**
 * Lets the heap grow by its size of what is in use before it is collected, and not by three times that, which V8 takes
 * where there is much memory: most of what a call leaves is garbage, and less of it stands about for the same work.
 */
setFlagsFromString('--heap-growing-percent=100');

// Not awaited: a module that waits for what cannot come would end the process with a status of its own.
void main(process.argv.slice(2));
