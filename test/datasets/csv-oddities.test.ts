import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row } from '../../src/core/row.ts';
import { DatasetFolder } from './dataset-folder.ts';

let folder: DatasetFolder;
beforeAll(async () => {
  folder = await DatasetFolder.make();
});
afterAll(() => folder.remove());

interface Read {
  readonly rows: readonly Row[];
  readonly notices: readonly string[];
}

/** The rows of a file and its notices, without the folder. */
async function read(content: string): Promise<Read> {
  const notices: string[] = [];
  const onNotice = (text: string): void => void notices.push(text.replace(`${folder.path}/`, ''));
  return { rows: await folder.rows('odd.csv', content, { onNotice }), notices };
}

const cells = ({ rows }: Read): readonly Row['vars'][] => rows.map(({ vars }) => vars);

describe('a first line sep=', () => {
  it.each([
    ['sep=;\r\nid;q\r\n1;a,b\r\n', ';'],
    ['SEP=;\nid;q\n1;a,b\n', ';'],
    ['"sep=;"\nid;q\n1;a,b\n', ';'],
    ['sep=;;;\nid;q\n1;a,b\n', ';'],
    ['sep=|\nid|q\n1|a,b\n', '|'],
    ['sep=\t\nid\tq\n1\ta,b\n', '\t'],
    ['\uFEFFsep=;\r\nid;q\r\n1;a,b\r\n', ';'],
  ])('sets the delimiter: %j', async (content, delimiter) => {
    const found = await read(content);
    expect(cells(found)).toEqual([{ id: '1', q: 'a,b' }]);
    expect(found.rows[0]?.line).toBe(3);
    expect(found.notices).toEqual([`odd.csv: the line sep=${delimiter} sets the delimiter`]);
  });

  it.each(['sep=ok;q\n1;a\n', 'id;sep=;\n1;a;\n'])('is a header where it says more: %j', async (content) => {
    const found = await folder.rows('plain.csv', content).catch((error: unknown) => error);
    expect(JSON.stringify(found)).toContain('sep=');
  });

  it('keeps the lines of errors', async () => {
    const { message } = await folder.failure('odd.csv', 'sep=;\nid;q\n1;a\n2\n');
    expect(message).toBe('odd.csv:4:2: the row has 1 field of 2');
  });

  it('alone is an empty file', async () => {
    expect((await folder.failure('odd.csv', 'sep=;\n')).message).toBe('odd.csv: the file is empty');
  });
});

describe('a first column without a name', () => {
  it('is the index that pandas writes', async () => {
    const found = await read(',q,expected\n0,a,b\n1,c,d\n');
    expect(cells(found)).toEqual([
      { index: '0', q: 'a', expected: 'b' },
      { index: '1', q: 'c', expected: 'd' },
    ]);
    expect(found.notices).toEqual(['odd.csv: column 1 has no name and is read as "index", as pandas means it']);
  });

  it.each([
    [',index\n0,1\n', 'odd.csv:1:1: column 1 has no name'],
    ['a,,b\n1,2,3\n', 'odd.csv:1:3: column 2 has no name'],
    [',,b\n1,2,3\n', 'odd.csv:1:2: column 2 has no name'],
  ])('is refused where it cannot be that: %j', async (content, message) => {
    expect((await folder.failure('odd.csv', content)).message).toBe(message);
  });
});

describe('delimiters at the end of the header', () => {
  it.each(['id,q,\n1,a,\n2,b\n', 'id,q,,,\n1,a,,,\n2,b,\n'])('are no columns: %j', async (content) => {
    const found = await read(content);
    expect(cells(found)).toEqual([
      { id: '1', q: 'a' },
      { id: '2', q: 'b' },
    ]);
    expect(found.notices).toEqual([expect.stringMatching(/^odd\.csv: the header ends with a delimiter: /)]);
  });

  it('tells how a header with another delimiter is split', async () => {
    const found = await read('id|q\n1|a\n');
    expect(found.notices).toEqual(["odd.csv: the header is one column with | in its name; --delimiter '|' splits it"]);
  });

  it('hide no cell', async () => {
    const { message } = await folder.failure('odd.csv', 'id,q,\n1,a,\n2,Hello, world\n');
    expect(message).toBe('odd.csv:3:9: the cell is in column 3, which has no name');
  });

  it('do not excuse a row with more cells', async () => {
    const { message } = await folder.failure('odd.csv', 'id,q,\n1,a,,\n');
    expect(message).toBe('odd.csv:2:5: the row has 4 fields of 2');
  });
});

describe('empty rows', () => {
  it('are left out and counted, before ids are looked at', async () => {
    const found = await read('id;q;e\r\n1;a;b\r\n;;\r\n"";" ";\r\n2;c;d\r\n;;;;\r\n');
    expect(found.rows.map(({ id, line }) => [id, line])).toEqual([
      ['1', 2],
      ['2', 5],
    ]);
    expect(found.notices).toEqual(['odd.csv: 3 empty rows are left out: lines 3, 4, 6']);
  });

  it('do not number other rows', async () => {
    expect((await read('q,e\na,b\n,\nc,d\n')).rows.map(({ id }) => id)).toEqual(['1', '2']);
  });

  it('alone are no rows', async () => {
    expect((await folder.failure('odd.csv', 'q,e\n,\n,\n')).message).toContain('a header but no rows');
  });
});
