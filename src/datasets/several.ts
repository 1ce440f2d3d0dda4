import { DatasetError } from '../core/errors.ts';
import { columnNames, type Row } from '../core/row.ts';
import { formatForPath } from './registry.ts';
import { ID_COLUMN } from './row-id.ts';

/** A file of several. */
interface JoinedFile {
  readonly path: string;
  readonly rows: () => AsyncIterable<Row>;
}

/** How rows are numbered, and what the columns of the first file are. */
interface FirstFile {
  readonly path: string;
  readonly hasOwnId: boolean;
  readonly columns: readonly string[];
}

/**
 * The rows of several files, with the file of each.
 * @throws DatasetError if only some of the files have ids
 */
export async function* joined(
  files: readonly JoinedFile[],
  { format, onNotice }: { readonly format: string | null; readonly onNotice?: ((text: string) => void) | undefined },
): AsyncGenerator<Row, void, undefined> {
  let first: FirstFile | null = null;
  let count = 0;
  for (const { path, rows } of files) {
    let isFirstRow = true;
    for await (const row of rows()) {
      if (isFirstRow) {
        isFirstRow = false;
        const columns = columnNames(row);
        if (first === null) first = { path, hasOwnId: row.hasOwnId, columns };
        else {
          checkIds(row, path, first);
          // Objects may each have other keys.
          const name = format ?? formatForPath(path)?.name;
          if (name !== 'jsonl' && name !== 'json') tellColumns({ path, columns }, first, onNotice);
        }
      }
      count++;
      yield { ...row, file: path, id: row.hasOwnId ? row.id : String(count) };
    }
  }
}

function checkIds({ hasOwnId, line }: Row, file: string, first: FirstFile): void {
  if (hasOwnId === first.hasOwnId) return;
  const [has, lacks] = hasOwnId ? [file, first.path] : [first.path, file];
  throw new DatasetError({ file, line }, `${has} has the column "${ID_COLUMN}", ${lacks} does not`, {
    hint: `give the rows of all files an id, or rename the column "${ID_COLUMN}"`,
  });
}

function tellColumns(
  { path, columns }: Pick<FirstFile, 'path' | 'columns'>,
  first: FirstFile,
  onNotice: ((text: string) => void) | undefined,
): void {
  const lacks = first.columns.filter((name) => !columns.includes(name));
  const adds = columns.filter((name) => !first.columns.includes(name));
  if (lacks.length > 0) onNotice?.(`${path}: it lacks columns of ${first.path}: ${quoted(lacks)}`);
  if (adds.length > 0) onNotice?.(`${path}: it has columns that ${first.path} lacks: ${quoted(adds)}`);
}

function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `"${name}"`);
  return `${shown.join(', ')}${names.length > shown.length ? ', …' : ''}`;
}
