import { setFlagsFromString } from 'node:v8';

/**
 * Call this before code of the user is loaded into this process. It may be WebAssembly, which V8 then optimises; the
 * program leaves that off for what it loads itself (`src/cli/main.ts`).
 */
export function allowOwnCode(): void {
  setFlagsFromString('--wasm-tier-up');
  setFlagsFromString('--wasm-dynamic-tiering');
}
