import { open, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Analysis } from '../../core/analysis/analysis.ts';
import { RunFolderError, UsageError } from '../../core/errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../core/json.ts';
import type { Scorer } from '../../core/scorer.ts';
import type { Summary } from '../../core/summary.ts';
import { writeFileAtomic } from '../../io/atomic-file.ts';
import { templateNotices } from '../../scorers/index.ts';
import { sinks } from '../../store/formats/index.ts';
import { readJournalIndex } from '../../store/journal-reader.ts';
import { ResultsCheck } from '../../store/results-check.ts';
import { checkJournalPresent, type EarlierRun } from '../../store/run-file.ts';
import { RUN_FILES, RunFolder, readEarlierRun, watchNotice } from '../../store/run-folder.ts';
import {
  ambiguousModel,
  type DerivedRow,
  type StoredRow,
  type StoredVariant,
  storedColumns,
  storedRows,
} from '../../store/stored-rows.ts';
import { readSummaryFile } from '../../store/summary-file.ts';
import type { OutputConfig, ScoringConfig } from '../config/run-config.ts';
import { AssertionCheck } from '../plan/assertion-check.ts';
import { scoringRecord } from '../run/run-records.ts';
import { type Derived, deriveResults } from '../scoring/derive.ts';
import { assertionScorers } from '../scoring/row-assertions.ts';
import { openScorers, scorerTools } from '../scoring/scorer-tools.ts';

/** Which run is scored, and how. */
export interface RescoreRequest {
  /** Path of the run folder. */
  readonly folder: string;
  readonly scoring: ScoringConfig;
  readonly now: Date;
  readonly takeOver?: boolean | undefined;
  /** Told of what is unusual but allowed, and before the owner of another machine's lock is watched. */
  readonly onWarning?: ((text: string) => void) | undefined;
}

/** What came of scoring a run anew. */
export interface RescoreOutcome {
  readonly folder: string;
  readonly summary: Summary;
  /** Which variant is better, and whether that is certain. */
  readonly analysis: Analysis;
  /** Trials of the run's plan. */
  readonly trials: number;
  readonly files: readonly string[];
  readonly simulated: boolean;
  /** Names of the scorers that ask models: an answer that they were not asked about yet has no score of theirs. */
  readonly asking: readonly string[];
}

const RESULTS = { jsonl: 'results.jsonl', csv: 'results.csv' } as const;

/**
 * Scores the answers that a run has already and writes its result files anew. Nobody is asked and nothing is paid.
 * @throws RunFolderError where the folder holds no run with a results.jsonl, or results are missing there or in the
 * journal, so that the new files would have fewer; the files stay as they are
 */
export async function rescore(given: RescoreRequest): Promise<RescoreOutcome> {
  const earlier = await readEarlierRun(given.folder);
  if (earlier === null) throw noRun(given.folder);
  const scorers = await openScorers(given.scoring);
  for (const notice of templateNotices(given.scoring.scorers)) given.onWarning?.(notice);
  const folder = await RunFolder.open(given.folder, {
    takeOver: given.takeOver,
    onWatch: (owner, watchMs) => given.onWarning?.(watchNotice(given.folder, owner, watchMs)),
  });
  try {
    const request = { ...given, scoring: { ...given.scoring, keepThoughts: await keepsThoughts(folder) } };
    const variants = readVariants(earlier.identity);
    checkVariants(variants, folder);
    const columns = await storedColumns(await resultsOf(folder));
    checkExpected(scorers, columns, request.scoring.expectedColumn);
    for (const { asks } of scorers) asks?.checkVariants(variants);
    checkCluster(columns, request.scoring.clusterColumn);
    const { keepThoughts } = request.scoring;
    const file = { folder: folder.path, run: earlier, fileName: RESULTS.jsonl, keepThoughts };
    // Whatever is damaged is found before anything is changed.
    const told = await readSummaryFile(folder.file(RUN_FILES.summary));
    const check = await ResultsCheck.open(file);
    try {
      const derived = await derive({ folder, variants, columns, scorers, request, check, earlier });
      if (check !== null) given.onWarning?.(check.warning());
      return await writeDown(folder, derived, request, told);
    } finally {
      await check?.close();
    }
  } finally {
    await folder.abandon();
  }
}

/** Scoring again changes scores, not outputs: the run's own setting applies. */
async function keepsThoughts(folder: RunFolder): Promise<boolean> {
  const { settings } = await readObject(folder.file(RUN_FILES.run));
  return isJsonObject(settings) && settings['keepThoughts'] === true;
}

interface Scoring {
  readonly folder: RunFolder;
  readonly variants: readonly StoredVariant[];
  readonly columns: readonly string[];
  readonly scorers: readonly Scorer[];
  readonly request: RescoreRequest;
  /** null where the file with the rows is as the run wrote it. */
  readonly check: ResultsCheck | null;
  readonly earlier: EarlierRun;
}

/** What is written down, and the names of the scorers that ask models. */
interface Rescored extends Derived {
  readonly asking: readonly string[];
}

async function derive(input: Scoring): Promise<Rescored> {
  const { folder, variants, columns, scorers, request, check } = input;
  await checkJournalPresent(folder.path, input.earlier, RUN_FILES.journal);
  const index = await readJournalIndex(folder.file(RUN_FILES.journal));
  if (index === null) throw noRun(folder.path);
  const { scoring } = request;
  const output = await storedOutput(folder);
  let found = 0;
  const rows = async function* (): AsyncGenerator<StoredRow> {
    found = 0;
    for await (const row of storedRows(folder.file(RESULTS.jsonl), variants, check)) {
      found += row.trials.length;
      yield row;
    }
  };
  const asserted = columns.some((name) => name.startsWith('__'))
    ? await rowScorers(rows(), { scorers, folder, scoring })
    : [];
  const all = [...scorers, ...asserted];
  const accept = ({ total }: Summary): void =>
    checkWhole(input, { found, scored: total.completed + total.errored + total.skipped });
  const derived = await deriveResults({
    rows,
    variants,
    folder,
    index,
    columns,
    scorers: all,
    scoring,
    output,
    accept,
  });
  return { ...derived, asking: all.filter(({ asks }) => asks !== null).map(({ name }) => name) };
}

interface Scored {
  /** Results in the results.jsonl that are this run's. */
  readonly found: number;
  /** Those of them that are in the journal, so that they were scored. */
  readonly scored: number;
}

/** Files that were written anew with fewer results would look whole ever after. @throws RunFolderError */
function checkWhole({ folder, check, earlier }: Scoring, { found, scored }: Scored): void {
  const expected = Math.max(check?.expected ?? earlier.done, found);
  if (scored >= expected) return;
  const file = scored < found ? RUN_FILES.journal : RESULTS.jsonl;
  throw new RunFolderError(
    `${folder.file(file)}: ${expected - scored} of ${expected} results are missing or damaged; nothing was changed`,
    {
      hint: 'give the run command again with --format csv,jsonl: it restores the files and makes only the calls that the journal lacks',
    },
  );
}

/** What judges the assertions in the run's rows, as in the run itself. */
async function rowScorers(
  rows: AsyncIterable<DerivedRow>,
  { scorers, folder, scoring }: Pick<Scoring, 'scorers' | 'folder'> & { readonly scoring: ScoringConfig },
): Promise<readonly Scorer[]> {
  const [names, tools] = [scorers.map(({ name }) => name), scorerTools(scoring)];
  const check = new AssertionCheck(folder.file(RESULTS.jsonl), names, tools);
  for await (const { row } of rows) {
    const checking = check.add(row);
    if (checking !== undefined) await checking;
  }
  return assertionScorers(check.scores(), tools);
}

async function resultsOf(folder: RunFolder): Promise<string> {
  const path = folder.file(RESULTS.jsonl);
  if ((await readHead(path)) !== null) return path;
  throw new RunFolderError(`${path}: there is none, and rows are read from it`, {
    hint: 'give the run command again with --format csv,jsonl: it makes the file without asking anybody',
  });
}

/** The prompts, models and temperatures of a run, in plan order. @param identity as run.json has it */
export function readVariants({ prompts, models, temperatures }: JsonObject): readonly StoredVariant[] {
  return listOf(prompts).flatMap((prompt) =>
    listOf(models).flatMap((model) =>
      listOf(temperatures).map((temperature) => readVariant(prompt, model, temperature)),
    ),
  );
}

function checkVariants(variants: readonly StoredVariant[], { path }: RunFolder): void {
  const ambiguous = ambiguousModel(variants);
  if (ambiguous === null) return;
  throw new RunFolderError(`${path}: asked ${ambiguous} of several providers, which result files do not tell apart`, {
    hint: 'give the run command again with the scorers: it scores without asking anybody',
  });
}

function readVariant(prompt: JsonValue, model: JsonValue, temperature: JsonValue): StoredVariant {
  const name = isJsonObject(prompt) ? prompt['name'] : undefined;
  const ref = typeof model === 'string' ? model : '';
  const at = ref.indexOf('/');
  return {
    prompt: { name: typeof name === 'string' ? name : '' },
    model: { provider: ref.slice(0, at), model: ref.slice(at + 1) },
    temperature: typeof temperature === 'number' ? temperature : null,
  };
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return value !== undefined && isJsonArray(value) ? value : [];
}

/** The same kinds of files as there are, a CSV in its own dialect. */
async function storedOutput(folder: RunFolder): Promise<OutputConfig> {
  const head = await readHead(folder.file(RESULTS.csv));
  const formats: string[] = [];
  for (const { name, fileName } of sinks) if ((await readHead(folder.file(fileName))) !== null) formats.push(name);
  const dialect = /^(\uFEFF?)trial_id(.)/u.exec(head ?? '');
  const [, mark = '', delimiter = ','] = dialect ?? [];
  const asked = { folder: folder.path, overwrite: false, takeOver: false, isPrivate: false };
  return { ...asked, formats, delimiter, bom: mark !== '' };
}

const HEAD_BYTES = 64;

/** The beginning of a file; null where there is none. */
async function readHead(path: string): Promise<string | null> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return null;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function checkCluster(columns: readonly string[], column: string | null): void {
  if (column === null || columns.includes(column)) return;
  throw new UsageError(`--cluster ${column}: the run's rows have no such column`, {
    hint: `columns: ${columns.join(', ')}`,
  });
}

function checkExpected(scorers: readonly Scorer[], columns: readonly string[], column: string): void {
  const needy = scorers.find(({ needsExpected }) => needsExpected);
  if (needy === undefined || columns.includes(column)) return;
  throw new UsageError(`--score ${needy.name} compares with the column "${column}", which the run's rows lack`, {
    hint: `name another with --expected; columns: ${columns.join(', ')}`,
  });
}

/** summary.json and run.json keep what they say of the run, and tell its new scores. @param told summary.json so far */
async function writeDown(
  folder: RunFolder,
  derived: Rescored,
  request: RescoreRequest,
  told: JsonObject,
): Promise<RescoreOutcome> {
  await folder.lock.verify();
  const { summary, analysis, files, simulated, digests, asking } = derived;
  const run = await readObject(folder.file(RUN_FILES.run));
  const { settings } = run;
  const scored = { ...(isJsonObject(settings) ? settings : {}), ...scoringRecord(request.scoring) };
  await writeObject(folder.file(RUN_FILES.summary), { ...told, ...summary, analysis });
  await writeObject(folder.file(RUN_FILES.run), {
    ...run,
    updatedAt: request.now.toISOString(),
    settings: scored,
    ...(run['formatVersion'] === 1 ? {} : { results: digests }),
  });
  const trials = typeof run['trials'] === 'number' ? run['trials'] : 0;
  return {
    folder: folder.path,
    summary,
    analysis,
    trials,
    files: files.map((file) => join(folder.path, basename(file))),
    simulated,
    asking,
  };
}

async function readObject(path: string): Promise<JsonObject> {
  const value = parseJson(await readFile(path, 'utf8').catch(() => '{}'));
  return isJsonObject(value) ? value : {};
}

async function writeObject(path: string, value: object): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}

function noRun(folder: string): RunFolderError {
  return new RunFolderError(`${folder}: holds no run`, { hint: 'name a run folder, such as results/quickstart' });
}
