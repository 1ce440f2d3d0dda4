import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Analysis } from '../../core/analysis/analysis.ts';
import { type LostCalls, lostRecord } from '../../core/billed.ts';
import { RunFolderError, UsageError } from '../../core/errors.ts';
import type { Gate } from '../../core/gate.ts';
import { type JsonObject, listOf, objectOf, parseJson, textOf } from '../../core/json.ts';
import { isPathInto } from '../../core/row-path.ts';
import type { Scorer } from '../../core/scorer.ts';
import { LABEL_SCORE, type Summary } from '../../core/summary.ts';
import { writeFileAtomic } from '../../io/atomic-file.ts';
import type { FileDigest } from '../../io/file-digest.ts';
import { templateNotices } from '../../scorers/index.ts';
import type { Dialect } from '../../store/formats/index.ts';
import type { JournalIndex } from '../../store/journal-index.ts';
import { readJournalIndex } from '../../store/journal-reader.ts';
import { type RecordedCalls, readRecordedCalls } from '../../store/recorded-calls.ts';
import { RESTORE_JOURNAL, restoringHint } from '../../store/restoring.ts';
import { exactResultsIn, type ResultsFile, resultFilesIn, resultsIn } from '../../store/result-files.ts';
import { ResultsCheck } from '../../store/results-check.ts';
import { checkJournalPresent, journalLost, lostFrom, parseRunFile, type StoredRun } from '../../store/run-file.ts';
import { RUN_FILES, RunFolder, readRun, watchNotice } from '../../store/run-folder.ts';
import { heldState } from '../../store/run-state.ts';
import { ambiguousModel, type DerivedRow, storedColumns, storedHeads } from '../../store/stored-rows.ts';
import type { StoredVariant } from '../../store/stored-variants.ts';
import { readSummaryFile } from '../../store/summary-file.ts';
import type { OutputConfig, ScoringConfig } from '../config/run-config.ts';
import { writePage } from '../page/index.ts';
import { AssertionCheck } from '../plan/assertion-check.ts';
import { readGates } from '../run/gate-record.ts';
import { scoringRecord } from '../run/run-documents.ts';
import { checkRunGates } from '../run/run-gates.ts';
import { type DeriveInput, deriveInOrder, deriveResults } from '../scoring/derive.ts';
import type { Derived } from '../scoring/results-maker.ts';
import { assertionScorers } from '../scoring/row-assertions.ts';
import { scorerTools, withScorers } from '../scoring/scorer-tools.ts';
import { type AnswerLabels, labelScorer, readLabels } from './labels.ts';
import { type SettingChange, settingChanges } from './setting-changes.ts';

/** Which run is scored, and how. */
interface RescoreRequest {
  /** Path of the run folder. */
  readonly folder: string;
  readonly scoring: ScoringConfig;
  /** CSV file with what people say of answers; null for none. */
  readonly labels?: string | null | undefined;
  readonly now: Date;
  readonly takeOver?: boolean | undefined;
  /** Receives warnings, also before the lock of an owner on another machine is watched. */
  readonly onWarning?: ((text: string) => void) | undefined;
}

/** The result of scoring a run again. */
interface RescoreOutcome {
  readonly folder: string;
  readonly summary: Summary;
  /** Calls of the run without a usable answer that may have been billed. */
  readonly lost: LostCalls;
  /** Which variant is better, and whether the difference is significant. */
  readonly analysis: Analysis;
  /** The gates of the run, by its new scores. */
  readonly gates: readonly Gate[];
  /** Trials of the run's plan. */
  readonly trials: number;
  readonly files: readonly string[];
  readonly simulated: boolean;
  /** Settings of the run that are not what they were. */
  readonly changes: readonly SettingChange[];
}

/**
 * Scores the existing answers of a run again and rewrites its result files. No model is called and nothing is paid.
 * @throws RunFolderError if the folder has no run with a complete result file, or results are missing there or in the
 * journal, so that the new files would have fewer; the files stay unchanged
 */
export async function rescore(given: RescoreRequest): Promise<RescoreOutcome> {
  // Before the folder is opened: that creates a missing one, and hides from the locks whether a run's process is gone.
  await readRun(given.folder);
  await exactResultsIn(given.folder);
  return withScorers(given.scoring, given, (scorers) => rescoreWith(scorers, given));
}

async function rescoreWith(scorers: readonly Scorer[], given: RescoreRequest): Promise<RescoreOutcome> {
  for (const notice of templateNotices(given.scoring.scorers)) given.onWarning?.(notice);
  const folder = await RunFolder.open(given.folder, {
    takeOver: given.takeOver,
    onWatch: (owner, watchMs) => given.onWarning?.(watchNotice(given.folder, owner, watchMs)),
  });
  try {
    const run = await readRun(folder.path);
    const { variants } = run;
    checkVariants(variants, folder);
    const results = await exactResultsIn(folder.path);
    const columns = await storedColumns(results);
    // Rescoring changes scores, not outputs.
    const { keepThoughts } = run.settings;
    const request = { ...given, scoring: { ...given.scoring, keepThoughts } };
    checkExpected(scorers, columns, request.scoring.expectedColumn);
    for (const { asks } of scorers) asks?.checkVariants(variants);
    checkCluster(columns, request.scoring.clusterColumn);
    // Any damage is found before anything is changed.
    const earlier = await readSummaryFile(folder.file(RUN_FILES.summary));
    const calls = await readRecordedCalls({ folder: folder.path, run });
    const check = await ResultsCheck.open({ run, fileName: results.format.fileName });
    try {
      const derived = await derive({ folder, run, results, columns, scorers, request, check, calls });
      if (check !== null) given.onWarning?.(check.warning());
      for (const note of derived.notes) given.onWarning?.(note);
      return await writeDown(derived, { folder, run, request, earlier, lost: calls.lost });
    } finally {
      await check?.close();
    }
  } finally {
    await folder.abandon();
  }
}

interface Scoring {
  readonly folder: RunFolder;
  readonly run: StoredRun;
  /** Where rows and their columns are read. */
  readonly results: ResultsFile;
  readonly columns: readonly string[];
  readonly scorers: readonly Scorer[];
  readonly request: RescoreRequest;
  /** null if the file with the rows is as the run wrote it. */
  readonly check: ResultsCheck | null;
  /** Those that no result reports. */
  readonly calls: RecordedCalls;
}

async function derive(input: Scoring): Promise<Derived> {
  const { folder, results, columns, scorers, request, check, calls } = input;
  const { variants } = input.run;
  await checkJournalPresent(input.run, RUN_FILES.journal, 'read');
  const { scoring } = request;
  const output = await storedOutput(folder);
  const isAsWritten = check === null && input.run.results !== null;
  const rows = (): AsyncIterable<DerivedRow> => storedHeads(results, variants, { check, isAsWritten });
  const asserted = columns.some((name) => name.startsWith('__'))
    ? await rowScorers(rows(), { scorers, results, scoring })
    : [];
  const own = [...scorers, ...asserted];
  const accept = ({ total }: Summary, found: number): Promise<void> =>
    checkWhole(input, { found, scored: total.completed + total.errored + total.skipped });
  const scoredBy = (all: readonly Scorer[]): Omit<DeriveInput, 'index'> => ({
    rows,
    holds: calls,
    lostResults: lostFrom(input.run),
    variants,
    repeats: input.run.repeat ?? 1,
    folder,
    columns,
    scorers: all,
    minRepeats: input.run.settings.minRepeats.filter(({ scorer }) => all.some(({ name }) => name === scorer)),
    scoring,
    output,
    accept,
  });
  // Labels and judges need an index.
  const isPlain = check === null && (request.labels ?? null) === null && own.every(({ asks }) => asks === null);
  const journal = folder.file(RUN_FILES.journal);
  const inOrder = isPlain && existsSync(journal) ? await deriveInOrder(scoredBy(own)) : null;
  if (inOrder !== null) return inOrder;
  const index = await readJournalIndex(journal);
  if (index === null) throw journalLost(input.run, `${RUN_FILES.journal} is missing`, 'read');
  const labels = await labelsOf(request, index, own);
  const all = [...own, ...(labels === undefined ? [] : [labelScorer(labels)])];
  return deriveResults({
    ...scoredBy(all),
    index,
    labels: labels && new Map([...labels].map(([id, { isGood }]) => [id, isGood])),
  });
}

/** @throws UsageError if a score has the name of the labels' already */
async function labelsOf(
  { labels }: RescoreRequest,
  index: JournalIndex,
  scorers: readonly Scorer[],
): Promise<AnswerLabels | undefined> {
  if (labels === undefined || labels === null) return undefined;
  if (!scorers.some(({ name }) => name === LABEL_SCORE)) return readLabels(labels, index);
  throw new UsageError(`--labels: a score of the run is called "${LABEL_SCORE}" already`, {
    hint: 'give that scorer another name in promptgrid.yaml',
  });
}

interface Scored {
  /** Results in the result file that belong to this run. */
  readonly found: number;
  /** Those of them that are in the journal, and so were scored. */
  readonly scored: number;
}

/** Files rewritten with fewer results would look complete forever. @throws RunFolderError */
async function checkWhole({ folder, results, check, run }: Scoring, { found, scored }: Scored): Promise<void> {
  const expected = Math.max(check?.expected ?? run.done, found);
  if (scored >= expected) return;
  const file = scored < found ? folder.file(RUN_FILES.journal) : results.file;
  const usual =
    'give the run command again with --format csv,jsonl: it restores the files and pays for no result twice';
  throw new RunFolderError(
    `${file}: ${expected - scored} of ${expected} results are missing or damaged; nothing was changed`,
    { hint: scored < found ? RESTORE_JOURNAL : await restoringHint(run, usual) },
  );
}

/** Scorers of the assertions in the run's rows, as in the run itself. */
async function rowScorers(
  rows: AsyncIterable<DerivedRow>,
  { scorers, results, scoring }: Pick<Scoring, 'scorers' | 'results'> & { readonly scoring: ScoringConfig },
): Promise<readonly Scorer[]> {
  const [names, tools] = [scorers.map(({ name }) => name), scorerTools(scoring)];
  const check = new AssertionCheck(results.file, names, tools);
  for await (const { row } of rows) {
    const checking = check.add(row);
    if (checking !== undefined) await checking;
  }
  return assertionScorers(check.scores(), tools);
}

function checkVariants(variants: readonly StoredVariant[], { path }: RunFolder): void {
  const ambiguous = ambiguousModel(variants);
  if (ambiguous === null) return;
  throw new RunFolderError(`${path}: ran ${ambiguous} with several providers, which result files do not distinguish`, {
    hint: 'give the run command again with the scorers: it scores without sending requests',
  });
}

/** The same kinds of files as before, each in its own dialect. */
async function storedOutput({ path }: RunFolder): Promise<OutputConfig> {
  const formats: string[] = [];
  let dialect: Required<Dialect> = { delimiter: ',', bom: false, decimal: '.' };
  for (const { file, format } of await resultFilesIn(path)) {
    formats.push(format.name);
    dialect = { ...dialect, ...(await format.dialectOf?.(file)) };
  }
  const page = existsSync(join(path, RUN_FILES.page));
  return {
    folder: path,
    isNamed: true,
    overwrite: false,
    takeOver: false,
    paysAgain: false,
    isPrivate: false,
    formats,
    page,
    ...dialect,
  };
}

function checkCluster(columns: readonly string[], column: string | null): void {
  if (column === null || columns.includes(column)) return;
  throw new UsageError(`--cluster ${column}: the run's rows have no such column`, {
    hint: `columns: ${columns.join(', ')}`,
  });
}

function checkExpected(scorers: readonly Scorer[], columns: readonly string[], column: string): void {
  const needy = scorers.find(({ needsExpected }) => needsExpected);
  if (needy === undefined || isPathInto(column, columns)) return;
  throw new UsageError(`--score ${needy.name} compares with the column "${column}", which the run's rows lack`, {
    hint: `name another with --expected; columns: ${columns.join(', ')}`,
  });
}

interface Written {
  readonly folder: RunFolder;
  /** As it was before. */
  readonly run: StoredRun;
  readonly request: RescoreRequest;
  /** summary.json before the change. */
  readonly earlier: JsonObject;
  readonly lost: LostCalls;
}

/** summary.json and run.json keep what they say about the run, and get its new scores. */
async function writeDown(derived: Derived, { folder, run, request, earlier, lost }: Written): Promise<RescoreOutcome> {
  await folder.lock.verify();
  const { summary, analysis, files, digests } = derived;
  const simulated = run.simulated || derived.simulated;
  const gates = gatesAgain({ folder, run, request, earlier }, analysis);
  // What the scorers before asked of judges belongs to their scores: the totals have it no more either.
  const { judge: _judge, unused: _unused, lostResults: _lost, ...kept } = earlier;
  const newSummary = { ...kept, simulated, ...lostRecord(lost), ...summary, gates, analysis };
  await writeObject(folder.file(RUN_FILES.summary), newSummary);
  const document = {
    ...run.document,
    simulated,
    updatedAt: request.now.toISOString(),
    settings: { ...objectOf(run.document['settings']), ...scoringRecord(request.scoring) },
    // The scores are no longer those of the run's own settings.
    derivation: null,
  };
  const page = await rewritePage(folder, document, { summary: newSummary, lost, analysis });
  const results = page === null ? digests : { ...digests, [RUN_FILES.page]: page };
  await writeObject(folder.file(RUN_FILES.run), { ...document, ...(run.results === null ? {} : { results }) });
  return {
    folder: folder.path,
    summary,
    lost,
    analysis,
    gates,
    trials: run.trials,
    files: [...files.map((file) => basename(file)), ...(page === null ? [] : [RUN_FILES.page])].map((name) =>
      join(folder.path, name),
    ),
    simulated,
    changes: settingChanges(run.settings, request.scoring),
  };
}

/** The gates of the run, by its scores now. Those that cannot be checked are warned of. */
function gatesAgain({ folder, run, request, earlier }: Omit<Written, 'lost'>, analysis: Analysis): readonly Gate[] {
  const config = readGates(objectOf(run.document['settings']), run.settings);
  const gates = run.state === 'completed' ? checkRunGates(config, analysis) : [];
  const names = new Set(gates.map(({ name }) => name));
  const lost = new Set(listOf(earlier['gates']).flatMap((gate) => textOf(objectOf(gate)['name']) ?? []));
  for (const name of lost) {
    if (names.has(name)) continue;
    request.onWarning?.(
      `${folder.file(RUN_FILES.summary)}: the gate ${name} was of the scores before, and is not checked any more`,
    );
  }
  return gates;
}

/** A page beside the files shows their scores. @returns null if the run has none */
async function rewritePage(
  folder: RunFolder,
  document: object,
  { summary, lost, analysis }: { readonly summary: object; readonly lost: LostCalls; readonly analysis: Analysis },
): Promise<FileDigest | null> {
  const path = folder.file(RUN_FILES.page);
  if (!existsSync(path)) return null;
  const run = parseRunFile(JSON.stringify(document), folder.path);
  return writePage(path, {
    run: { ...run, state: heldState(run) },
    summary: objectOf(parseJson(JSON.stringify(summary))),
    lost,
    analysis,
    comparison: null,
    results: await resultsIn(folder.path),
    check: null,
  });
}

async function writeObject(path: string, value: object): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}
