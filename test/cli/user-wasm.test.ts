import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { environmentOf, it, PROGRAM_FOLDER } from '../support/cli.ts';

/** WebAssembly that counts down from its argument. */
const MODULE = `
const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 33, 1,
  31, 1, 1, 127, 3, 64, 32, 1, 32, 0, 106, 65, 3, 108, 65, 7, 115, 33, 1, 32, 0, 65, 1, 107, 34, 0, 13, 0, 11, 32, 1, 11];
const { instance } = await WebAssembly.instantiate(new Uint8Array(bytes));
export default () => {
  for (let call = 0; call < 50; call++) instance.exports.f(1_000_000);
  return true;
};
`;
/** Code bytes of its function. */
const OWN_SIZE = 'bodysize 31 ';

/** What V8 says of each function of WebAssembly that it has compiled. */
async function compiled(cwd: string, words: readonly string[]): Promise<readonly string[]> {
  const program = fileURLToPath(new URL('main.js', PROGRAM_FOLDER));
  const given = [
    '--trace-wasm-compilation-times',
    program,
    'run',
    'rows.csv',
    '--model',
    'gpt-4o',
    '--simulate',
    ...words,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, given, { cwd, env: { ...environmentOf(cwd, {}) } });
  return stdout.split('\n').filter((line) => line.startsWith('Compiled function'));
}

describe('WebAssembly', () => {
  it('of a user is optimised, and the parser of responses is not', async ({ desk }) => {
    await desk.write('rows.csv', `id,prompt\n${Array.from({ length: 3000 }, (_, row) => `${row},Hi`).join('\n')}\n`);
    const plain = await compiled(desk.folder, ['--out', 'plain']);
    expect(plain.filter((line) => line.includes('using TurboFan'))).toEqual([]);
    await desk.write('rows.csv', 'id,prompt\n1,Hi\n');
    await desk.write('own.mjs', MODULE);
    const own = await compiled(desk.folder, ['--out', 'own', '--score', 'module:own.mjs']);
    expect(own).toContainEqual(expect.stringContaining(OWN_SIZE));
    expect(own.find((line) => line.includes(OWN_SIZE) && line.includes('TurboFan'))).toBeDefined();
  });
});
