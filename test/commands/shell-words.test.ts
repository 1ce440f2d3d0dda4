import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { resumeCommand } from '../../src/commands/resume-command.ts';
import { shellLine, shellWord } from '../../src/commands/shell-words.ts';

/** Words with special characters for shells. */
const WORDS = [
  'rows.csv',
  'C:\\data\\rows.csv',
  'my rows.csv',
  'C:\\my data\\',
  'вопросы клиентов.csv',
  'a,b',
  '-t0.7',
  '--out=r',
  '{{ question }}',
  "it's",
  'a & b | c > d ^ e (f)',
  '50% off',
  '%PATH% and 5%',
  'api-key: ${KEY}',
  '{{ row["Вопрос клиента"] }}',
  'say "a & b"',
  '`x`',
  '„так“',
  '’x’',
  'two\nlines',
  '\\"',
  '',
];

/** Words as cmd.exe passes them on and a Windows program splits them; null if cmd.exe interprets a part of them. */
function readByCmd(line: string): readonly string[] | null {
  if (/%[^%]*%|\n/.test(line)) return null;
  const outside = line.split('"').filter((_, index) => index % 2 === 0);
  return outside.some((text) => /[&|<>^()]/.test(text)) ? null : readByProgram(line);
}

/** Microsoft, "Parsing C command-line arguments": 2n backslashes and a quote are n backslashes, 2n + 1 n and a quote. */
function readByProgram(line: string): readonly string[] {
  const words: string[] = [];
  let [word, isQuoted, hasWord] = ['', false, false];
  for (const [piece] of line.matchAll(/\\*"|\\+|\s|[^\\"\s]+/g)) {
    if (/^\s$/.test(piece) && !isQuoted) {
      if (hasWord) words.push(word);
      [word, hasWord] = ['', false];
      continue;
    }
    hasWord = true;
    if (!piece.endsWith('"')) word += piece;
    else {
      word += '\\'.repeat((piece.length - 1) >> 1);
      if (piece.length % 2 === 0) word += '"';
      else isQuoted = !isQuoted;
    }
  }
  return hasWord ? [...words, word] : words;
}

/** Words as PowerShell 7.3 parses them (about_Quoting_Rules, about_Parsing); null if it interprets a part of them. */
function readByPowershell(line: string): readonly string[] | null {
  const words: string[] = [];
  let rest = line;
  while (rest !== '') {
    const found = /^(?:'((?:[^'‘’‚‛]|['‘’‚‛]{2})*)'|"([^"“”„$`]*)"|([\w\\/:+=.-]+))(?: |$)/u.exec(rest);
    if (found === null) return null;
    const [whole, single, double, bare] = found;
    if (bare !== undefined && /^-[^=]*[.:]/.test(bare)) return null;
    words.push(single === undefined ? (double ?? bare ?? '') : single.replaceAll(/(['‘’‚‛])['‘’‚‛]/g, '$1'));
    rest = rest.slice(whole.length);
  }
  return words;
}

function resume(...words: readonly string[]): string {
  return resumeCommand({ words: ['run', ...words], platform: 'win32' }, 'my results\\r 1');
}

describe('words of a command', () => {
  it.each(WORDS)('are read back by a POSIX shell: %j', (word) => {
    const { stdout } = spawnSync('sh', ['-c', `printf '%s.' ${shellWord(word, 'linux')}`], { encoding: 'utf8' });
    expect(stdout).toBe(`${word}.`);
  });

  it.each(WORDS)('are read back by the named Windows shell, or by both: %j', (word) => {
    const { text, shell } = shellLine(['run', word], 'win32');
    if (shell === null || shell === 'cmd.exe') expect(readByCmd(text)).toEqual(['run', word]);
    // Backslashes at the end are doubled for older versions; a folder is the same with two.
    if (shell !== 'cmd.exe')
      expect(readByPowershell(text)?.map((read) => read.replace(/\\\\$/, '\\'))).toEqual(['run', word]);
  });

  it.each([
    [['50%', 'and 5%'], 'PowerShell'],
    [['a"b', 'c"d'], 'cmd.exe'],
    [['a"b', 'c & d'], 'PowerShell 7.3'],
    [['a & b', '${KEY}'], 'PowerShell'],
  ])('are considered together on Windows: %j', (words, shell) => {
    const line = shellLine(words, 'win32');
    expect(line.shell).toBe(shell);
    expect((shell === 'cmd.exe' ? readByCmd : readByPowershell)(line.text)).toEqual(words);
  });

  it.each([
    ['my rows.csv', '"my rows.csv"', null],
    ['вопросы клиентов.csv', '"вопросы клиентов.csv"', null],
    ['C:\\data\\rows.csv', 'C:\\data\\rows.csv', null],
    ['C:\\my data\\', '"C:\\my data\\\\"', null],
    ['gpt-4o,gpt-4o-mini', '"gpt-4o,gpt-4o-mini"', null],
    ['a & b, 50%', '"a & b, 50%"', null],
    ["it's", '"it\'s"', null],
    ['${KEY}', "'${KEY}'", 'PowerShell'],
    ['%PATH%', "'%PATH%'", 'PowerShell'],
    ['„так“', "'„так“'", 'PowerShell'],
    ['{{ row["a b"] }}', '"{{ row[\\"a b\\"] }}"', 'cmd.exe'],
    ['say "a & b"', '\'say "a & b"\'', 'PowerShell 7.3'],
  ])('are quoted on Windows: %j', (word, text, shell) => {
    expect(shellLine([word], 'win32')).toEqual({ text, shell });
  });

  it('are all written for one shell if one of them needs it', () => {
    expect(shellLine(['a b', '${KEY}'], 'win32')).toEqual({ text: "'a b' '${KEY}'", shell: 'PowerShell' });
  });
});

describe('the command that resumes a run on Windows', () => {
  it('takes a form that both shells read', () => {
    expect(resume('my rows.csv', '-m', 'a')).toBe('npx promptgrid run "my rows.csv" -m a --out "my results\\r 1"');
  });

  it('names the shell and the variables to set if that matters', () => {
    expect(resume('rows.csv', '--header', 'api-key: s3cret')).toBe(
      "npx promptgrid run rows.csv --header 'api-key: ${API_KEY}' --out 'my results\\r 1'" +
        '  (in PowerShell; first set API_KEY: a secret is not printed)',
    );
  });
});
