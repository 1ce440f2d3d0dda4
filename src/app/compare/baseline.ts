import { UsageError } from '../../core/errors.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { parseJson } from '../../core/json.ts';
import { columnText } from '../../core/row.ts';
import { ownText } from '../../io/own-text.ts';
import { BASELINE_KEY, BASELINE_VERSION } from '../../store/baseline-header.ts';
import { answerKey, readComparedTrial } from '../../store/compared-trial.ts';
import { writeOutput } from '../../store/output-path.ts';
import { readRecords } from '../../store/records.ts';
import { openSource, type Source, sourceWarning } from '../../store/source.ts';
import { CriticalCheck } from '../plan/critical-check.ts';
import { AskedOf } from './asked.ts';
import { LINE_THRESHOLDS, lineThreshold, sourceThresholds } from './pass-marks.ts';
import { clusterKey, criticalCell, isCriticalRow, ownContentColumns, rowContent } from './row-content.ts';

/** Which parts of a run are saved, and where. */
interface BaselineRequest {
  /** Path of a run folder or a result file. */
  readonly run: string;
  /** Path of the baseline. */
  readonly file: string;
  readonly withOutputs: boolean;
  /** True keeps what rows ask and expect. */
  readonly withRows: boolean;
  readonly withLatency: boolean;
  readonly allowPartial: boolean;
  readonly onWarning?: ((text: string) => void) | undefined;
}

/** What was saved. */
interface BaselineOutcome {
  readonly file: string;
  readonly trials: number;
  readonly bytes: number;
}

/**
 * Writes what a comparison needs of a run into a file for version control: a header line, then one line per trial.
 * Lines are sorted, so that a later baseline of the same rows differs only in what changed. They are held in memory
 * until sorted.
 * @throws ResultsError or RunFolderError for a path without results
 * @throws StorageError if the file cannot be written
 */
export async function saveBaseline(request: BaselineRequest): Promise<BaselineOutcome> {
  const source = await openSource(request.run, request);
  if (source.kind === 'baseline') {
    throw new UsageError(`${request.run} is a baseline already`, { hint: 'copy the file, or name a run folder' });
  }
  const contentColumns = ownContentColumns(source);
  const asked = new AskedOf(source);
  const lines: TrialLine[] = [];
  const currencies = new Set<string>();
  const marks = new CriticalCheck();
  const scores = source.scorers.map((name) => `score.${name}`);
  try {
    for await (const { value, line } of readRecords(source)) {
      const { currency } = readComparedTrial(value, scores, { file: source.file, line, currency: null });
      if (currency !== null) currencies.add(currency);
      const rowId = columnText(value['row_id']);
      if (rowId !== lines.at(-1)?.rowId) marks.add(criticalCell(value), { file: source.file, line });
      lines.push(trialLine(value, { request, source, asked, contentColumns }));
    }
    const warning = sourceWarning(source, request, lines.length);
    if (warning !== null) request.onWarning?.(warning);
    for (const text of marks.warnings()) request.onWarning?.(text);
  } finally {
    await source.check?.close();
  }
  const [currency = null, ...others] = currencies;
  const header = headerOf(source, contentColumns, others.length === 0 ? currency : null);
  const bytes = await write(request.file, header, withCurrency(lines.toSorted(byPlace), others.length > 0));
  return { file: request.file, trials: lines.length, bytes };
}

/** A trial as it is saved, with its sort keys. */
interface TrialLine {
  readonly rowId: string;
  readonly place: string;
  readonly text: string;
  readonly currency: JsonValue;
}

interface LineContext {
  readonly request: BaselineRequest;
  readonly source: Source;
  readonly asked: AskedOf;
  readonly contentColumns: readonly string[];
}

/** The cells under their names in result files, without empty and default values. */
function trialLine(value: JsonObject, { request, source, asked, contentColumns }: LineContext): TrialLine {
  const rowId = ownText(columnText(value['row_id']));
  const { prompt = null, model = null, temperature = null, label = null, repeat = 1, output, status } = value;
  const isAnswered = status === 'completed';
  const kept: Record<string, JsonValue> = { row_id: rowId, prompt, model, temperature, repeat };
  keep(kept, 'label', label);
  keep(kept, 'status', isAnswered ? undefined : status);
  for (const name of source.scorers) keep(kept, `score.${name}`, value[`score.${name}`]);
  for (const name of KEPT) keep(kept, name, value[name]);
  if (request.withLatency) keep(kept, 'latency_ms', value['latency_ms']);
  if (value['cached'] === true) kept['cached'] = true;
  keepThresholds(kept, value, source.scorers);
  if (isCriticalRow(value)) kept['critical'] = true;
  kept['content'] = rowContent(value, contentColumns);
  const { clusterColumn } = source.facts;
  if (clusterColumn !== null) keep(kept, 'cluster', clusterKey(value, clusterColumn));
  if (isAnswered && typeof output === 'string') kept['answer'] = answerKey(output);
  if (request.withOutputs && isAnswered) keep(kept, 'output', output);
  if (request.withRows) keepRow(kept, asked.of(value, columnText(prompt)));
  const place = JSON.stringify([prompt, model, temperature, label]);
  return {
    rowId,
    place: `${place}${columnText(repeat).padStart(6)}`,
    text: JSON.stringify(kept),
    currency: value['currency'] ?? null,
  };
}

const KEPT = ['passed', 'prompt_tokens', 'completion_tokens', 'total_cost', 'error_code'] as const;

function keep(kept: Record<string, JsonValue>, name: string, value: JsonValue | undefined): void {
  if (value !== null && value !== undefined) kept[name] = value;
}

/** Those that the row sets for scores of its assertions. */
function keepThresholds(kept: Record<string, JsonValue>, value: JsonObject, scorers: readonly string[]): void {
  const own = scorers.flatMap((name): [string, number][] => {
    const threshold = lineThreshold(value, name);
    return threshold === undefined ? [] : [[name, threshold]];
  });
  if (own.length > 0) kept[LINE_THRESHOLDS] = Object.fromEntries(own);
}

function keepRow(kept: Record<string, JsonValue>, { question, expected }: ReturnType<AskedOf['of']>): void {
  keep(kept, 'question', question);
  keep(kept, 'expected', expected);
}

const BY_NUMBER = new Intl.Collator('en', { numeric: true });

/** By row, with numbers in ids in numeric order, then by variant and repeat. */
function byPlace(a: TrialLine, b: TrialLine): number {
  return BY_NUMBER.compare(a.rowId, b.rowId) || codeUnits(a.rowId, b.rowId) || codeUnits(a.place, b.place);
}

function codeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function* withCurrency(lines: readonly TrialLine[], isNamed: boolean): Generator<string> {
  for (const { text, currency } of lines) {
    yield isNamed && typeof currency === 'string'
      ? `${text.slice(0, -1)},"currency":${JSON.stringify(currency)}}`
      : text;
  }
}

/** The first line: what the results were made from. It has no dates, so it changes only if the inputs change. */
function headerOf(source: Source, contentColumns: readonly string[], currency: string | null): JsonObject {
  const { facts, scorers, hasOwnIds } = source;
  const { dataset, datasetSha256, datasetRecord, prompts, params, repeat, simulated } = facts;
  const { expectedColumn, clusterColumn } = facts;
  return {
    [BASELINE_KEY]: BASELINE_VERSION,
    dataset: { path: dataset, sha256: datasetSha256, ...readingOf(datasetRecord) },
    row_ids: hasOwnIds ? 'column' : 'position',
    prompts: prompts === null ? null : [...prompts].map(([name, digest]) => ({ name, digest })),
    params: params === null ? null : (parseJson(params) ?? null),
    repeat,
    simulated,
    expected_column: expectedColumn,
    ...(clusterColumn === null ? {} : { cluster_column: clusterColumn }),
    ...(facts.onlyFailed === null ? {} : { only_failed: { ...facts.onlyFailed } }),
    scorers,
    thresholds: Object.fromEntries(sourceThresholds(source) ?? []),
    content_columns: contentColumns,
    currency,
  };
}

/** Without the paths of several files, which are of one machine. */
function readingOf({ sheet, reading }: JsonObject): JsonObject {
  return { ...(sheet === undefined ? {} : { sheet }), ...(reading === undefined ? {} : { reading }) };
}

async function write(path: string, header: JsonObject, lines: Iterable<string>): Promise<number> {
  return writeOutput(path, path, async (file) => {
    let bytes = 0;
    for (const text of linesOf(header, lines)) {
      bytes += Buffer.byteLength(text);
      await file.write(text);
    }
    return bytes;
  });
}

function* linesOf(header: JsonObject, lines: Iterable<string>): Generator<string> {
  yield `${JSON.stringify(header)}\n`;
  for (const line of lines) yield `${line}\n`;
}
