import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const BENCH = new URL('../../bench/', import.meta.url);
const IMPORT = /^import \{([^}]*)\} from '([^']*\/dist\/[^']*)';$/gm;

const benches = readdirSync(fileURLToPath(BENCH), { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.mjs'));

/** Names that a bench imports from the build, and that are not there. */
async function missing(path: string): Promise<string[]> {
  const text = readFileSync(new URL(path, BENCH), 'utf8');
  const found: string[] = [];
  for (const [, names = '', from = ''] of text.matchAll(IMPORT)) {
    const module: Record<string, unknown> = await import(new URL(from, new URL(path, BENCH)).href);
    const wanted = names.split(',').map((name) => name.trim().split(' as ')[0] ?? '');
    found.push(...wanted.filter((name) => name !== '' && !(name in module)).map((name) => `${from}: ${name}`));
  }
  return found;
}

describe('the benches', () => {
  it('are where the check looks for them', () => {
    expect(benches).toContain('overhead.mjs');
    expect(readFileSync(new URL('overhead.mjs', BENCH), 'utf8').match(IMPORT)?.length).toBeGreaterThan(5);
  });

  it.each(benches)('%s imports only what the build has', async (path) => {
    expect(await missing(path)).toEqual([]);
  });
});
