// Scoring stored answers again, at two sizes: processor time, and whether memory stays flat.
import { createHash } from 'node:crypto';
import { cpSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { sealJson } from '../dist/modules/io/sealed-line.js';
import { readFlags } from './support/flags.mjs';
import { cpuSeconds, inFolder, round, run, tell } from './support/program.mjs';

const flags = readFlags({ small: 100_000, large: 1_000_000 });
const SCORERS = ['contains', 'numeric', 'json-valid'];
const BATCH = 1000;

/** A run folder with this many results, all copied from one real result. */
function multiply(folder, results) {
  const [from, to] = [join(folder, 'one'), join(folder, `run-${results}`)];
  cpSync(from, to, { recursive: true });
  const first = (name) => JSON.parse(readFileSync(join(from, name), 'utf8').split('\n')[0]);
  const [{ v: _version, crc: _checksum, ...entry }, row] = [first('journal.jsonl'), first('results.jsonl')];
  const digest = createHash('sha256');
  let bytes = 0;
  const [journal, file] = ['journal.jsonl', 'results.jsonl'].map((name) => openSync(join(to, name), 'w'));
  for (let start = 0; start < results; start += BATCH) {
    let [entries, rows] = ['', ''];
    for (let index = start; index < Math.min(results, start + BATCH); index++) {
      const trial_id = `t${createHash('sha256').update(String(index)).digest('hex').slice(0, 20)}`;
      const output = `Row ${index} makes ${index % 7}; ${'word '.repeat(index % 40)}`;
      entries += `${sealJson(JSON.stringify({ ...entry, trial_id, row_id: `r${index}`, output }))}\n`;
      rows += `${JSON.stringify({ ...row, trial_id, row_id: `r${index}`, 'row.id': `r${index}`, output })}\n`;
    }
    writeSync(journal, entries);
    writeSync(file, rows);
    digest.update(rows);
    bytes += Buffer.byteLength(rows);
  }
  const told = JSON.parse(readFileSync(join(from, 'run.json'), 'utf8'));
  told.results['results.jsonl'] = { bytes, sha256: digest.digest('hex') };
  writeFileSync(join(to, 'run.json'), JSON.stringify(told));
  return to;
}

async function score(folder, results) {
  const path = multiply(folder, results);
  const words = ['score', path, ...SCORERS.flatMap((scorer) => ['--score', scorer]), '--quiet', '--json'];
  const { status, stdout, usage } = await run(folder, words);
  const { variants } = JSON.parse(stdout);
  const scored = variants[0].scores.every(({ n }) => n === results);
  return { status, results, scored, cpuSeconds: cpuSeconds(usage), peakMegabytes: round(usage.maxRSS / 1024, 0) };
}

await inFolder(async (folder) => {
  writeFileSync(join(folder, 'rows.csv'), 'id,prompt,expected\na,Say 1,1\n');
  await run(folder, ['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '--out', 'one', '--quiet']);
  const small = await score(folder, flags.small);
  const large = await score(folder, flags.large);
  const times = large.results / small.results;
  tell(
    { small, large, times },
    {
      scoredAll: small.status === 0 && large.status === 0 && small.scored && large.scored,
      // The offset of each trial's line takes 16 bytes, in tables that are up to half empty, and each score eight
      // bytes.
      memoryIsFlat:
        large.peakMegabytes - small.peakMegabytes < (large.results * (2 * 16 + 8 * SCORERS.length)) / 2 ** 20 + 40,
    },
  );
});
