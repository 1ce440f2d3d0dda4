import { withoutSecrets } from './secret-words.ts';
import { shellLine } from './shell-words.ts';

/** What was typed, and where. */
export interface TypedCommand {
  /** The words after `promptgrid`. */
  readonly words: readonly string[];
  readonly platform: NodeJS.Platform;
}

/** Flags that hold for one start of a run. */
const ONCE: ReadonlySet<string> = new Set(['--overwrite', '--take-over']);

/**
 * The command that resumes a run: the same words, with the folder that was used, and without `--overwrite`,
 * which would throw away what was paid, and `--take-over`, which was for the owner before. A secret among the words is
 * replaced by a variable, which a note behind the command asks for, as it names the shell where only one takes the command.
 */
export function resumeCommand({ words, platform }: TypedCommand, folder: string, ...more: readonly string[]): string {
  const kept = words.filter((word) => !ONCE.has(word) && !more.includes(word));
  const namesFolder = kept.some((word) => word === '--out' || word.startsWith('--out='));
  const out = namesFolder ? [] : ['--out', folder];
  const { words: shown, variables } = withoutSecrets(kept);
  const { text, shell } = shellLine([...shown, ...out, ...more], platform);
  const notes = [
    ...(shell === null ? [] : [`in ${shell}`]),
    ...(variables.length === 0 ? [] : [`first set ${variables.join(' and ')}: a secret is not printed`]),
  ].join('; ');
  const command = `npx promptgrid ${text}`;
  if (notes === '') return command;
  // To cmd.exe `#` begins no comment.
  return platform === 'win32' ? `${command}  (${notes})` : `${command} # ${notes}`;
}
