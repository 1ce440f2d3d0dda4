import { createWriteStream, existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const TOPICS = 'amber basalt cedar drift ember fjord grove harbor inlet jetty knoll lagoon meadow north orchard pine';

/** Two models, two temperatures. */
const VARIANTS = 4;

const TOPIC_LIST = TOPICS.split(' ');

/** A question of some 250 characters about an item. */
export function questionOf(row) {
  const place = (index) => TOPIC_LIST[(row * 7 + index * 13) % TOPIC_LIST.length];
  const notes = Array.from({ length: 30 }, (_, index) => place(index)).join(' ');
  return `Item #${row}: with these notes ${notes}, what is the "value" of item #${row}?`;
}

function* items(rows) {
  yield 'id,question,expected\n';
  for (let row = 1; row <= rows; row++) yield `${row},"${questionOf(row).replaceAll('"', '""')}",value-${row}.\n`;
}

/** Writes a dataset of questions of some 250 characters, with expected answers. */
export async function writeItems(path, rows) {
  await pipeline(items(rows), createWriteStream(path));
}

/** The dataset, written where it is missing, and the run folder of so many calls. */
export async function gridOf(folder, calls) {
  const dataset = `rows-${calls}.csv`;
  if (!existsSync(join(folder, dataset))) await writeItems(join(folder, dataset), calls / VARIANTS);
  return { dataset, out: `run-${calls}` };
}

/** Removes the run folder of so many calls: a million trials take 2 GB. */
export async function dropRun(folder, calls) {
  await rm(join(folder, `run-${calls}`), { recursive: true, force: true });
}

/**
 * The words of a run that does the floor's work: two models × two temperatures, one scorer, CSV and JSONL, no page.
 *
 * @param grid the dataset, the folder of the run, the server's address, and the number of calls in flight
 * @param cache the words about the response cache
 */
export function gridWords({ dataset, out, address, concurrency }, cache = ['--no-cache']) {
  const asked = `run ${dataset} -m plain-a,plain-b -t 0,0.7 --max-tokens 128 --score contains`.split(' ');
  const access = ['--concurrency', String(concurrency), '--out', out, '--base-url', address];
  return [...asked, '--no-report', '--prompt', 'Answer briefly. {{question}}', ...cache, ...access];
}
