import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { shortDigest } from '../core/digest.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, parseJson } from '../core/json.ts';
import type { ModelInfo } from '../core/provider.ts';
import { isTokenBound } from '../core/usage.ts';
import { writeFileAtomic } from '../io/atomic-file.ts';
import { openPrivateFolder, PRIVATE_FILE_MODE } from '../io/private-folder.ts';
import { fromPriceRecord, toPriceRecord } from './price-record.ts';

/** Another number means that another version wrote the file. */
const FORMAT = 1;

/** Servers on this machine get another port with each start, and so another file. */
const MOST_FILES = 50;

/** Whose list of models, and where to store it. */
export interface ListPlace {
  /** Folder of all lists. */
  readonly folder: string;
  /** The provider's name. */
  readonly provider: string;
  /** Its identity: address up to and including `/v1` with the port, without a key. */
  readonly endpoint: string;
}

/** A stored list of models. */
interface KeptList {
  /** When it was read, ISO 8601; also the date of its prices. */
  readonly date: string;
  readonly models: readonly ModelInfo[];
}

/**
 * Stores a provider's list, replacing the previous one, for when it cannot be read. Titles are left out, and a list
 * without any price is not stored. A folder that is not writable is not an error: there is then no stored list.
 * @returns a message about the folder's mode; null for nothing
 */
export async function keepList(place: ListPlace, { date, models }: KeptList): Promise<string | null> {
  if (models.every(({ price }) => price === null)) return null;
  const { folder, provider, endpoint } = place;
  const lines = models.map((model) => JSON.stringify(toRecord(model)));
  const head = JSON.stringify({ format: FORMAT, provider, endpoint, date });
  try {
    const notice = openPrivateFolder(folder, () => true);
    const text = `${head.slice(0, -1)},"models":[\n${lines.join(',\n')}\n]}\n`;
    await writeFileAtomic(pathOf(place), text, PRIVATE_FILE_MODE);
    await removeOldest(folder);
    return notice;
  } catch {
    // A missing stored list has no effect until it is needed.
    return null;
  }
}

/** The stored list; null if there is no readable one. */
export async function readKeptList(place: ListPlace): Promise<KeptList | null> {
  const text = await readFile(pathOf(place), 'utf8').catch(() => '');
  const value = parseJson(text);
  if (!isJsonObject(value) || value['format'] !== FORMAT || value['endpoint'] !== place.endpoint) return null;
  const { date, models } = value;
  if (typeof date !== 'string' || Number.isNaN(Date.parse(date)) || !isJsonArray(models)) return null;
  const read = models.map((model) => fromRecord(model, date));
  const whole = read.filter((model) => model !== null);
  return whole.length === read.length ? { date, models: whole } : null;
}

function pathOf({ folder, provider, endpoint }: ListPlace): string {
  return join(folder, `${provider}-${shortDigest(endpoint)}.json`);
}

function toRecord({ id, maxCapacity, price }: ModelInfo): JsonObject {
  return { id, maxCapacity, price: price === null ? null : toPriceRecord(price) };
}

function fromRecord(value: JsonValue, date: string): ModelInfo | null {
  if (!isJsonObject(value)) return null;
  const { id, maxCapacity = null } = value;
  const price = fromPriceRecord(value['price'], date);
  if (typeof id !== 'string' || (price === null && value['price'] !== null)) return null;
  if (maxCapacity !== null && typeof maxCapacity !== 'number') return null;
  return { id, title: null, maxCapacity: isTokenBound(maxCapacity) ? maxCapacity : null, price };
}

async function removeOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^[a-z]+-[0-9a-f]{20}\.json$/.test(name));
  if (names.length <= MOST_FILES) return;
  const files = await Promise.all(
    names.map(async (name) => ({ name, writtenMs: (await stat(join(folder, name))).mtimeMs })),
  );
  const oldest = files.sort((a, b) => b.writtenMs - a.writtenMs).slice(MOST_FILES);
  for (const { name } of oldest) await rm(join(folder, name), { force: true });
}
