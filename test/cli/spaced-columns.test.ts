import { describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';

const COLUMN = 'Вопрос клиента';
const WORKS = `{{ row["${COLUMN}"] }}`;
const RUN = ['run', 'rows.csv', '-m', 'gpt-4o-mini', '--simulate', '--dry-run', '--encoding', 'windows-1251'];

/** The bytes of windows-1251, which Excel saves on Russian Windows. */
function windows1251(text: string): Uint8Array {
  const decoder = new TextDecoder('windows-1251');
  const byteOf = new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]));
  return Uint8Array.from(text, (character) => byteOf.get(character) ?? 0);
}

describe.concurrent('a column with spaces in its name, in a file saved by Excel', () => {
  it.for([
    [COLUMN, 'Где посылка?'],
    [`Вопрос;${COLUMN}`, 'тема;Где посылка?'],
  ])('is refused if a prompt uses it unquoted, with the form that works: %s', async ([columns, cells], { desk }) => {
    await desk.write('rows.csv', windows1251(`id;${columns}\r\n1;${cells}\r\n`));
    const { status, stderr } = await desk.run([...RUN, '--prompt', `Ответь: {{ ${COLUMN} }}`]);
    expect(status).toBe(2);
    const hint = /^hint {2}column names with spaces are written (.*)$/m.exec(stderr)?.[1];
    expect(hint).toBe(WORKS);
    const { stdout } = await desk.pass([...RUN, '--prompt', `Ответь: ${hint}`]);
    expect(stdout).toContain('Ответь: Где посылка?');
  });
});
