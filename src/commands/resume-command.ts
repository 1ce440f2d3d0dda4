import { withoutSecrets } from './secret-words.ts';

const PLAIN_WORD = /^[\w@%+=:,./-]+$/;

/** Flags that hold for one start of a run. */
const ONCE: ReadonlySet<string> = new Set(['--overwrite', '--take-over']);

/**
 * The command that goes on with a run: the same words, with the folder that was used, and without `--overwrite`,
 * which would throw away what was paid, and `--take-over`, which was for the owner before. A secret among the words is replaced by a variable, which a comment behind the
 * command asks for.
 * @param words the words after `promptgrid`
 */
export function resumeCommand(words: readonly string[], folder: string, ...more: readonly string[]): string {
  const kept = words.filter((word) => !ONCE.has(word) && !more.includes(word));
  const namesFolder = kept.some((word) => word === '--out' || word.startsWith('--out='));
  const out = namesFolder ? [] : ['--out', folder];
  const { words: shown, variables } = withoutSecrets(kept);
  const command = ['npx promptgrid', ...[...shown, ...out, ...more].map(quote)].join(' ');
  if (variables.length === 0) return command;
  return `${command} # first set ${variables.join(' and ')}: a secret is not printed`;
}

/** Quoted as a POSIX shell reads it back. */
export function quote(word: string): string {
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
