import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row } from '../../src/core/row.ts';
import { readSeveralRows } from '../../src/datasets/index.ts';
import { DatasetFolder, failureOf } from './dataset-folder.ts';

let folder: DatasetFolder;
beforeAll(async () => {
  folder = await DatasetFolder.make();
});
afterAll(() => folder.remove());

interface Read {
  readonly rows: readonly Row[];
  readonly notices: readonly string[];
  readonly bytes: string;
}

async function readAll(contents: Readonly<Record<string, string>>): Promise<Read> {
  const paths: string[] = [];
  for (const [name, content] of Object.entries(contents)) paths.push(await folder.write(name, content));
  const rows: Row[] = [];
  const notices: string[] = [];
  const blocks: Uint8Array[] = [];
  const options = {
    path: '',
    format: null,
    encoding: null,
    delimiter: null,
    onNotice: (text: string) => void notices.push(text.replaceAll(`${folder.path}/`, '')),
    onBytes: (block: Uint8Array) => void blocks.push(block),
  };
  for await (const row of readSeveralRows(paths, options))
    rows.push({ ...row, file: row.file?.replace(`${folder.path}/`, '') });
  return { rows, notices, bytes: Buffer.concat(blocks).toString() };
}

describe('several files', () => {
  it('are read one after the other, numbered through, with the file of each row', async () => {
    const { rows, notices, bytes } = await readAll({ 'a.csv': 'x\n1\n2\n', 'b.jsonl': '{"x":"3"}\n' });
    expect(rows).toEqual([
      { id: '1', hasOwnId: false, vars: { x: '1' }, line: 2, file: 'a.csv' },
      { id: '2', hasOwnId: false, vars: { x: '2' }, line: 3, file: 'a.csv' },
      { id: '3', hasOwnId: false, vars: { x: '3' }, line: 1, file: 'b.jsonl' },
    ]);
    expect(notices).toEqual([]);
    expect(bytes).toBe('x\n1\n2\n{"x":"3"}\n');
  });

  it('may have other columns, which is said', async () => {
    const { rows, notices } = await readAll({ 'a.csv': 'x,y\n1,2\n', 'b.csv': 'z,x\n3,4\n' });
    expect(rows.map(({ vars }) => vars)).toEqual([
      { x: '1', y: '2' },
      { z: '3', x: '4' },
    ]);
    expect(notices).toEqual(['b.csv: it lacks columns of a.csv: "y"', 'b.csv: it has columns that a.csv lacks: "z"']);
  });

  it('must all have ids or none', async () => {
    const error = await failureOf(readAll({ 'a.csv': 'id,x\n1,2\n', 'b.csv': 'x\n3\n' }), folder.path);
    expect(error.message).toContain('b.csv:2: ');
    expect(error.message).toMatch(/a\.csv has the column "id", .*b\.csv does not$/);
  });

  it('name the file in an error', async () => {
    const error = await failureOf(readAll({ 'a.csv': 'x\n1\n', 'b.csv': 'x,y\n3\n' }), folder.path);
    expect(error.message).toBe('b.csv:2:2: the row has 1 field of 2');
  });
});
