#!/usr/bin/env node
import module from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { promptgridVersion } from '../app/version.ts';

/**
 * Runs one command line. Everything that is not always needed is loaded from here on, so that the compile cache covers
 * it.
 */
async function main(words: readonly string[]): Promise<void> {
  if (words.length === 1 && (words[0] === '--version' || words[0] === '-v')) {
    process.stdout.write(`${promptgridVersion()}\n`);
    return;
  }
  keepCompiledCode();
  const { runProgram } = await import('./program.ts');
  await runProgram(words);
}

/** Node 22 and later read compiled code of an earlier start from a folder below the one for temporary files. */
function keepCompiledCode(): void {
  // Node 20, whose types we use, has no such function.
  const enable: unknown = Reflect.get(module, 'enableCompileCache');
  if (typeof enable === 'function') Reflect.apply(enable, module, []);
}

/**
 * Lets the heap grow by its live size before a collection, instead of three times that, V8's default on machines with
 * much memory. Most of what a call leaves is garbage, so this keeps less of it for the same work.
 */
setFlagsFromString('--heap-growing-percent=100');

// Not awaited: a module that waits forever would end the process with its own status.
void main(process.argv.slice(2));
