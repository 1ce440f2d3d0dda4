import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAtomicFile, writeFileAtomic } from '../../src/io/atomic-file.ts';
import { inTemporaryFolder, isTemporary, removeAbandonedFiles, temporaryPath } from '../../src/io/temporary.ts';

const BUILT = fileURLToPath(new URL('../../dist/modules/io/', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-left-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A process that runs a module, up to its first line of output; it then waits to be killed. */
async function startWriter(source: string): Promise<{ readonly kill: () => Promise<void> }> {
  const lines = [source, 'process.stdout.write("ready");', 'setInterval(() => undefined, 1000);'];
  const child = spawn(process.execPath, ['--input-type=module', '-e', lines.join('\n')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder },
  });
  await once(child.stdout, 'data');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await once(child, 'close');
  };
  return { kill };
}

function url(name: string): string {
  return JSON.stringify(pathToFileURL(join(BUILT, name)).href);
}

const names = async (): Promise<readonly string[]> => (await readdir(folder)).sort();

describe('removeAbandonedFiles', () => {
  it('removes files of a killed writer, but not while the writer lives', async () => {
    const target = JSON.stringify(join(folder, 'results.csv'));
    const writer = await startWriter(
      `import { openAtomicFile } from ${url('atomic-file.js')}; await (await openAtomicFile(${target})).write("half");`,
    );
    try {
      removeAbandonedFiles(folder);
      expect(await names()).toEqual([expect.stringMatching(/^\.results\.csv\.promptgrid-.*\.tmp$/)]);
    } finally {
      await writer.kill();
    }
    removeAbandonedFiles(folder);
    expect(await names()).toEqual([]);
  });

  it('runs whenever a file of that folder is replaced', async () => {
    const target = JSON.stringify(join(folder, 'results.csv'));
    const writer = await startWriter(
      `import { openAtomicFile } from ${url('atomic-file.js')}; await openAtomicFile(${target});`,
    );
    await writer.kill();
    expect(await names()).toHaveLength(1);
    await writeFileAtomic(join(folder, 'baseline.jsonl'), 'text');
    expect(await names()).toEqual(['baseline.jsonl']);
  });

  it('keeps files of other machines and containers, of this process, and of users', async () => {
    const own = basename(temporaryPath(join(folder, 'results.csv')));
    const elsewhere = own.replace(/promptgrid-[0-9a-f]{12}-\d+/, 'promptgrid-0123456789ab-999999');
    const kept = [own, elsewhere, '.results.csv.123.1.tmp', '.notes.tmp', 'results.csv.tmp', 'promptgrid.tmp'].sort();
    for (const name of kept) await writeFile(join(folder, name), '');
    removeAbandonedFiles(folder);
    expect(await names()).toEqual(kept);
  });

  it('removes temporary files for files of a held folder, whoever wrote them', async () => {
    const elsewhere = '.results.csv.promptgrid-0123456789ab-999999-1-1.tmp';
    const gone = [elsewhere, '.results.csv.123.1.tmp', '.run.json.123.7.tmp', '.dataset.123.tmp'];
    const kept = ['.notes.md.123.1.tmp', '.results.csv', '.results.csv.backup.tmp', 'results.csv'];
    for (const name of [...gone, ...kept]) await writeFile(join(folder, name), '');
    removeAbandonedFiles(folder, ['results.csv', 'run.json', 'dataset']);
    expect(await names()).toEqual(kept);
  });

  it('does nothing if the folder is missing', () => {
    expect(() => removeAbandonedFiles(join(folder, 'missing'))).not.toThrow();
  });
});

describe('temporaryPath', () => {
  it('gives each file a unique name that is recognised, however long the target’s name is', async () => {
    const target = join(folder, `${'ä'.repeat(120)}.md`);
    const [first, second] = [temporaryPath(target), temporaryPath(target)];
    expect(first).not.toBe(second);
    expect(isTemporary(basename(first))).toBe(true);
    expect(isTemporary('.results.csv.tmp')).toBe(false);
    const file = await openAtomicFile(target);
    await file.write('text');
    await file.commit();
    expect(await names()).toEqual([basename(target)]);
  });
});

describe('inTemporaryFolder', () => {
  it('removes its own folder, and those of killed processes', async () => {
    const writer = await startWriter(
      `import { inTemporaryFolder } from ${url('temporary.js')};
       await new Promise((resolve) => void inTemporaryFolder(async () => { resolve(); await new Promise(() => {}); }));`,
    );
    await writer.kill();
    await mkdir(join(folder, 'promptgrid-mine-abcdef'));
    const before = await names();
    expect(before).toHaveLength(2);
    const inside = await asTemporary(folder, () =>
      inTemporaryFolder(async (own) => {
        await writeFile(join(own, 'dataset'), 'text');
        return names();
      }),
    );
    expect(inside.filter((name) => before.includes(name))).toEqual(['promptgrid-mine-abcdef']);
    expect(await names()).toEqual(['promptgrid-mine-abcdef']);
  });
});

/** Does work while a folder is the system's temporary one. */
async function asTemporary<T>(path: string, work: () => Promise<T>): Promise<T> {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = path;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}
