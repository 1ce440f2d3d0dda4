import { type FileMetaData, parquetSchema, type SchemaElement, type SchemaTree } from 'hyparquet';
import { DatasetError } from '../../core/errors.ts';

/** Nested levels that are read; the deepest known tools write a few. */
const MOST_LEVELS = 60;

/** The columns of a file, in order. @throws DatasetError if one cannot be a column of a dataset */
export function columnsOf(file: string, metadata: FileMetaData): readonly SchemaTree[] {
  const columns = parquetSchema({ ...metadata, schema: metadata.schema.map(withOldType) }).children;
  const names = new Set<string>();
  for (const { element } of columns) {
    if (element.name.trim() === '')
      throw new DatasetError({ file }, 'a column has no name', { hint: 'name every column' });
    if (names.has(element.name)) {
      const hint = 'rename or remove one of the two';
      throw new DatasetError({ file }, `two columns are named "${element.name}"`, { hint });
    }
    names.add(element.name);
  }
  for (const column of columns) checkColumn(file, column, column.element.name);
  return columns;
}

function checkColumn(file: string, node: SchemaTree, name: string): void {
  if (node.path.length > MOST_LEVELS) {
    throw new DatasetError({ file }, `the column "${name}" is nested more than ${MOST_LEVELS} levels deep`, {
      hint: 'write its deeper part as JSON text',
    });
  }
  if (node.element.logical_type?.type === 'VARIANT') {
    throw new DatasetError({ file }, `the column "${name}" has the type VARIANT`, { hint: 'write it as JSON text' });
  }
  for (const child of node.children) checkColumn(file, child, name);
}

/** Some writers mark lists and maps in the new way only. */
function withOldType(element: SchemaElement): SchemaElement {
  const type = element.logical_type?.type;
  return element.converted_type === undefined && (type === 'LIST' || type === 'MAP')
    ? { ...element, converted_type: type }
    : element;
}
