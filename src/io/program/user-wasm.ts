import { setFlagsFromString } from 'node:v8';

/**
 * Lets V8 optimise the WebAssembly that is loaded from here on. Call it before code of the user is loaded: the program
 * leaves this off for its own (`src/cli/main.ts`).
 */
export function optimiseUserWasm(): void {
  setFlagsFromString('--wasm-tier-up');
  setFlagsFromString('--wasm-dynamic-tiering');
}
