import { DatasetError, UsageError } from '../../core/errors.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../../core/json.ts';
import { columnNames, columnText, type Row, rowPlace } from '../../core/row.ts';
import { isPathInto, SeenPaths, valueAt } from '../../core/row-path.ts';
import { type DatasetShape, readRows, recogniseShape } from '../../datasets/index.ts';
import { missingIdError } from '../../datasets/row-id.ts';
import { readMessages } from '../../prompts/messages.ts';
import { describeColumns } from '../../prompts/template.ts';
import type { DatasetConfig, PromptConfig, RowsConfig, ScoringConfig } from '../config/run-config.ts';

/** The column that is filled with the last answers of conversations. */
const EXPECTED = 'expected';

/**
 * The configuration with the shape of its dataset, if that is known by its first row. What the user names comes first:
 * with a prompt or a messages column, only the expected answers of the shape are used.
 * @throws DatasetError if the first row cannot be read
 */
export async function withShape<Config extends RowsConfig & PromptConfig & ScoringConfig>(
  config: Config,
): Promise<Config> {
  const { dataset, prompts, expectedColumn } = config;
  const found = await shapeOf(dataset);
  if (found === null) return config;
  const isExpectedNamed = expectedColumn !== EXPECTED;
  const expected = isExpectedNamed ? null : found.expected;
  const isPromptNamed = prompts.length > 0 || dataset.messagesColumn !== null;
  if (isPromptNamed && expected === null) return config;
  const shape = isPromptNamed
    ? { ...found, id: null, messages: null, endsWithAnswer: false, unused: null, expected }
    : { ...found, id: dataset.idColumn === null ? found.id : null, expected };
  return { ...config, dataset: { ...dataset, shape }, expectedColumn: expected ?? expectedColumn };
}

async function shapeOf(dataset: DatasetConfig): Promise<DatasetShape | null> {
  for await (const row of readRows(dataset)) return recogniseShape(row);
  return null;
}

/** Rows with the ids and expected answers of their dataset's shape and settings. @throws DatasetError for a missing id */
export function shapedRows(rows: AsyncIterable<Row>, dataset: DatasetConfig): AsyncIterable<Row> {
  const { shape, idColumn, name } = dataset;
  const id = idColumn ?? shape?.id ?? null;
  const answers = shape?.endsWithAnswer === true ? shape.messages : null;
  if (id === null && answers === null) return rows;
  return changed(rows, (row) => {
    const named = id === null ? row : withId(row, id, name);
    return answers === null ? named : withAnswer(named, answers);
  });
}

async function* changed(rows: AsyncIterable<Row>, change: (row: Row) => Row): AsyncGenerator<Row, void, undefined> {
  for await (const row of rows) yield change(row);
}

function withId(row: Row, path: string, file: string): Row {
  if (!isPathInto(path, columnNames(row))) {
    const seen = new SeenPaths();
    seen.add(row);
    throw new UsageError(`--id-column names "${path}", which ${row.file ?? file} lacks`, {
      hint: describeColumns(path, columnNames(row), seen.paths),
    });
  }
  const value = valueAt(row, path);
  const place = rowPlace(row, file);
  if (isJsonArray(value) || isJsonObject(value)) {
    throw new DatasetError(place, `the id in "${path}" is not a text or a number`, {
      hint: 'name a column of texts or numbers with --id-column',
    });
  }
  const id = columnText(value);
  if (id.trim() === '') throw missingIdError(place, path);
  return { ...row, id, hasOwnId: true };
}

/** The row with its conversation's last answer as expected answer; null if the conversation ends otherwise. */
function withAnswer(row: Row, path: string): Row {
  const messages = readMessages(valueAt(row, path));
  const last = typeof messages === 'string' ? undefined : messages.at(-1);
  const expected: JsonValue = last?.role === 'assistant' ? (last['content'] ?? null) : null;
  const columns = row.columns === undefined ? undefined : [...row.columns, EXPECTED];
  return { ...row, vars: { ...row.vars, [EXPECTED]: expected }, columns };
}
