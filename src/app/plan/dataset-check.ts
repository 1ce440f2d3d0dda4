import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { shortDigest } from '../../core/digest.ts';
import { DatasetError, formatPlace, PromptError, UsageError } from '../../core/errors.ts';
import type { Message, Prompt } from '../../core/prompt.ts';
import { columnNames, columnValue, type Row, rowPlace } from '../../core/row.ts';
import { isPathInto } from '../../core/row-path.ts';
import type { Scorer } from '../../core/scorer.ts';
import { jsonText } from '../../core/written-json.ts';
import { describeShape, readRows, readSeveralRows } from '../../datasets/index.ts';
import { ID_COLUMN } from '../../datasets/row-id.ts';
import { DigestMap } from '../../io/digest-map.ts';
import { filePart } from '../../prompts/attach.ts';
import { buildPrompts, type ConversationColumn } from '../../prompts/index.ts';
import { checkWords, columnHint, describeColumns } from '../../prompts/template.ts';
import { templateNotices } from '../../scorers/index.ts';
import type { DatasetConfig, PaceConfig, PromptConfig, RowsConfig, ScoringConfig } from '../config/run-config.ts';
import type { AssertedScore } from '../scoring/row-assertions.ts';
import { scorerTools } from '../scoring/scorer-tools.ts';
import { AssertionCheck } from './assertion-check.ts';
import { CRITICAL_COLUMN, CriticalCheck } from './critical-check.ts';
import { ExpectedCheck } from './expected-check.ts';
import { FilterCheck } from './filter-check.ts';
import { LabelCheck } from './label-check.ts';
import { MessageCheck, type PromptFacts } from './message-check.ts';
import { PromptCheck } from './prompt-check.ts';
import { rowPicker } from './row-picker.ts';
import { RowSample, type SampledRow } from './row-sample.ts';
import { shapedRows } from './shaped-rows.ts';

/** Findings of the pass over the whole dataset, before anything is paid. */
export interface DatasetFacts {
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** Rows that take part, before a limit or a sample. */
  readonly rows: number;
  /** Rows of the file. */
  readonly fileRows: number;
  /** Every column, in order of first appearance. */
  readonly columns: readonly string[];
  /** True if rows have their own ids. */
  readonly hasIds: boolean;
  readonly prompts: readonly Prompt[];
  /** What each of `prompts` produces from the rows. */
  readonly promptFacts: readonly PromptFacts[];
  /** The first row's messages with each of `prompts`. */
  readonly firstMessages: readonly (readonly Message[])[];
  /** Some rows, drawn at random; null if they are too large to keep in memory. */
  readonly sample: readonly SampledRow[] | null;
  /** The scores of row assertions, in order of first appearance. */
  readonly assertions: readonly AssertedScore[];
  /** Warnings about unusual but allowed content, one line each. */
  readonly warnings: readonly string[];
}

/** What a dataset is checked for. */
type CheckConfig = RowsConfig & PromptConfig & ScoringConfig & PaceConfig;

/**
 * Reads every row and renders every prompt with it, so that no dataset error can occur after calls are paid.
 * @throws DatasetError, PromptError or UsageError for the first error
 */
export async function checkDataset(config: CheckConfig, scorers: readonly Scorer[]): Promise<DatasetFacts> {
  const { dataset } = config;
  const hash = createHash('sha256');
  let bytes = 0;
  const notices: string[] = [];
  const checker = new RowChecker(config, scorers);
  const filter = new FilterCheck(config);
  const onBytes = (block: Uint8Array): void => {
    hash.update(block);
    bytes += block.length;
  };
  for await (const row of allRows(dataset, onBytes, (text) => notices.push(text))) {
    checker.note(row);
    if (!filter.takes(row)) continue;
    const checking = checker.check(row);
    if (checking !== undefined) await checking;
  }
  const sha256 = hash.digest('hex');
  filter.finish(sha256, checker.hasOwnIds);
  const found = checker.finish();
  if (dataset.shape !== null) notices.unshift(describeShape(dataset.name, dataset.shape));
  const warnings = [...notices, ...templateNotices(config.scorers), ...columnNotices(found.columns), ...found.warnings];
  return { ...found, sha256, bytes, warnings };
}

/** The rows of the run's dataset that its filters leave, as a stream. */
export function readDataset(
  { dataset, selection }: RowsConfig,
  onBytes?: (block: Uint8Array) => void,
): AsyncIterable<Row> {
  const rows = allRows(dataset, onBytes);
  const takes = rowPicker(selection);
  return takes === null ? rows : only(rows, takes);
}

async function* only(rows: AsyncIterable<Row>, takes: (row: Row) => boolean): AsyncGenerator<Row, void, undefined> {
  for await (const row of rows) if (takes(row)) yield row;
}

function allRows(
  dataset: DatasetConfig,
  onBytes?: (block: Uint8Array) => void,
  onNotice?: (text: string) => void,
): AsyncIterable<Row> {
  const { path, more, name, format, encoding, delimiter, sheet, idColumn } = dataset;
  const options = { path, name, format, encoding, delimiter, sheet, idColumn, onBytes, onNotice };
  return shapedRows(more.length === 0 ? readRows(options) : readSeveralRows([path, ...more], options), dataset);
}

const ONE_UNDERSCORE = /^_(?:expected\d*|metric\d*|threshold)$/;

/** Columns that are nearly those of assertions. */
function columnNotices(columns: readonly string[]): readonly string[] {
  return columns
    .filter((name) => ONE_UNDERSCORE.test(name))
    .map((name) => `the column "${name}" is data like any other; assertions stand in "_${name}"`);
}

/** Lines of a file: the rest of a number counts files. */
const MOST_LINES = 2 ** 36;

class RowChecker {
  readonly #config: CheckConfig;
  readonly #columns = new Set<string>();
  /** The line of each id, and in front of it the number of its file. */
  readonly #placeOfId = new DigestMap();
  readonly #files: string[] = [];
  #rows = 0;
  #fileRows = 0;
  #hasOwnIds = false;
  #prompts: readonly Prompt[] = [];
  #messages: readonly MessageCheck[] = [];
  #firstMessages: readonly (readonly Message[])[] = [];
  readonly #sample: RowSample;
  readonly #expected: ExpectedCheck;
  readonly #assertions: AssertionCheck;
  readonly #labels: LabelCheck;
  readonly #critical = new CriticalCheck();
  readonly #requests: PromptCheck;

  constructor(config: CheckConfig, scorers: readonly Scorer[]) {
    this.#config = config;
    this.#expected = new ExpectedCheck(config, scorers);
    const names = scorers.map(({ name }) => name);
    this.#assertions = new AssertionCheck(config.dataset.name, names, scorerTools(config));
    this.#labels = new LabelCheck(config.dataset.name, config.judge.against);
    this.#sample = new RowSample(config.selection.seed);
    this.#requests = new PromptCheck(config);
  }

  /** Sees every row of the file, also those that take no part. */
  note(row: Row): void {
    this.#fileRows += 1;
    this.#hasOwnIds = row.hasOwnId;
    if (row.hasOwnId) this.#checkId(row);
  }

  /** True if the rows of the file have their own ids. */
  get hasOwnIds(): boolean {
    return this.#hasOwnIds;
  }

  /** A promise only if the row has a new assertion. */
  check(row: Row): undefined | Promise<void> {
    for (const name of columnNames(row)) this.#columns.add(name);
    if (this.#rows === 0) this.#begin(row);
    this.#rows += 1;
    this.#sample.add(row, this.#render(row));
    this.#expected.add(row);
    this.#labels.add(row);
    this.#critical.add(columnValue(row, CRITICAL_COLUMN), rowPlace(row, this.#config.dataset.name));
    return this.#assertions.add(row);
  }

  finish(): Omit<DatasetFacts, 'sha256' | 'bytes'> {
    const columns = [...this.#columns];
    this.#checkWords();
    this.#checkVariables(columns);
    this.#checkImageColumns(columns);
    this.#labels.finish(columns);
    const promptFacts = this.#messages.map((messages) => messages.facts());
    return {
      rows: this.#rows,
      fileRows: this.#fileRows,
      columns,
      hasIds: this.#hasOwnIds,
      prompts: this.#prompts,
      promptFacts,
      firstMessages: this.#firstMessages,
      sample: this.#sample.rows(),
      assertions: this.#assertions.scores(),
      warnings: [
        ...this.#requests.finish(this.#prompts, columns),
        ...this.#expected.finish(columns),
        ...this.#assertions.notices(),
        ...this.#critical.warnings(),
        ...beyondTextWarnings(promptFacts, this.#config),
      ],
    };
  }

  /** @returns bytes of the row's messages with every prompt */
  #render(row: Row): number {
    const { dataset, selection } = this.#config;
    const takesPart = selection.limit === null || this.#rows <= selection.limit;
    let bytes = 0;
    for (const [index, prompt] of this.#prompts.entries()) {
      if (takesPart) this.#requests.addRow(row, this.#prompts);
      const where = takesPart ? formatPlace(rowPlace(row, dataset.name)) : null;
      const messages = prompt.render(row);
      const json = jsonText(messages);
      this.#requests.add(index, json);
      bytes += this.#messages[index]?.add({ messages, json }, where) ?? 0;
    }
    return bytes;
  }

  #begin(row: Row): void {
    const { prompts: specs, system, dataset, imageColumns } = this.#config;
    this.#checkWords();
    this.#prompts = buildPrompts({
      specs,
      system,
      columns: [...this.#columns],
      file: dataset.name,
      conversations: conversationsOf(dataset),
      partOf: filePart,
      files: imageColumns.length === 0 ? undefined : { columns: imageColumns, folderOf: folderIn(dataset) },
    });
    this.#messages = this.#prompts.map(() => new MessageCheck());
    this.#firstMessages = this.#prompts.map((prompt) => prompt.render(row));
  }

  #checkId(row: Row): void {
    const { id, line, file } = row;
    const { name, idColumn, shape } = this.#config.dataset;
    const digest = shortDigest(id);
    const earlier = this.#placeOfId.get(digest);
    if (earlier !== undefined) {
      const other = this.#files[Math.floor(earlier / MOST_LINES)];
      const where = other === undefined ? '' : `${other}, `;
      const column = idColumn ?? shape?.id ?? ID_COLUMN;
      throw new DatasetError(rowPlace(row, name), `the id "${id}" is there twice (column "${column}")`, {
        hint: `${where}line ${earlier % MOST_LINES} has it too; ids tell rows apart, so each must be its own`,
      });
    }
    if (file !== undefined && this.#files.at(-1) !== file) this.#files.push(file);
    this.#placeOfId.set(digest, Math.max(0, this.#files.length - 1) * MOST_LINES + line);
  }

  /** Later rows may have further columns. */
  #checkWords(): void {
    const { prompts, system } = this.#config;
    const columns = [...this.#columns];
    for (const { name, text } of prompts) checkWords({ name: `prompt "${name}"`, text }, columns);
    if (system !== null) checkWords({ name: 'the system template', text: system }, columns);
  }

  /** The first row of JSON lines may lack a column that others have. */
  #checkImageColumns(columns: readonly string[]): void {
    const { imageColumns, dataset } = this.#config;
    const unknown = imageColumns.find((column) => !isPathInto(column, columns));
    if (unknown === undefined) return;
    throw new UsageError(`--image-column names "${unknown}", which ${dataset.name} lacks`, {
      hint: describeColumns(unknown, columns),
    });
  }

  /** Rendering finds values missing in a row; this finds names that only a condition uses. */
  #checkVariables(columns: readonly string[]): void {
    for (const { name, variables, template } of this.#prompts) {
      const unknown = variables.find((variable) => !this.#columns.has(variable));
      if (unknown === undefined) continue;
      throw new PromptError(`prompt "${name}": no column for the variable {{ ${unknown} }}`, {
        hint: columnHint(unknown, columns, template),
      });
    }
  }
}

/** Where the dataset's settings or shape say that conversations are; null if they do not. */
function conversationsOf({ messagesColumn, shape }: DatasetConfig): ConversationColumn | null {
  if (messagesColumn !== null) return { path: messagesColumn, mayBeText: false, endsWithAnswer: false };
  if (shape === null || shape.messages === null) return null;
  return { path: shape.messages, mayBeText: true, endsWithAnswer: shape.endsWithAnswer };
}

/** The folder of a row's file. */
function folderIn({ path }: DatasetConfig): (row: Row) => string {
  return ({ file }) => dirname(file ?? path);
}

/** A warning about content that text counts do not cover, if any. */
function beyondTextWarnings(facts: readonly PromptFacts[], { limits, modelLimits }: PaceConfig): readonly string[] {
  const found = facts.find(({ beyondText }) => beyondText !== null)?.beyondText ?? null;
  if (found === null) return [];
  const hasTpm = limits.tpm !== null || modelLimits.some(({ value }) => value.tpm !== null);
  const limit = hasTpm ? ', and --tpm cannot count them before a call' : '';
  return [
    `${found.where}: the messages hold ${found.what}, whose tokens are not known: no estimate counts them${limit}`,
  ];
}
