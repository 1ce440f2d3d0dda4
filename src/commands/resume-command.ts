import { withoutSecrets } from './secret-words.ts';
import { shellLine } from './shell-words.ts';

/** What was typed, and where. */
export interface TypedCommand {
  /** The words after `promptgrid`. */
  readonly words: readonly string[];
  readonly platform: NodeJS.Platform;
}

/** Flags that apply to a single start of a run. */
const ONCE: ReadonlySet<string> = new Set(['--overwrite', '--take-over', '--pay-again', '--cancel-batches']);

/**
 * The command that resumes a run: the same words, with the actual folder. It omits `--overwrite`, which would discard
 * paid results, `--take-over`, which was for the previous owner, `--pay-again`, and `--cancel-batches`, which would ask nothing. A
 * variable replaces a secret among the words, and a note after the command says to set it. The note also names the shell
 * if only one accepts the command.
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
  // To cmd.exe `#` does not begin a comment.
  return platform === 'win32' ? `${command}  (${notes})` : `${command} # ${notes}`;
}

/** After a run that asked the wrong address and got no answer. */
export const CORRECT_ADDRESS = 'no request was answered: correct the address (--base-url), then run the command again';

/**
 * The typed amount would stop the run again: the command has a word in its place that is refused as it is.
 * @param isEmpty true if no trial has a result, so that `--max-tokens` may still change
 */
export function budgetLine(typed: TypedCommand, folder: string, isEmpty: boolean): string {
  // Trials that the budget left open come first: a retry of failed trials would spend it again.
  const kept = withoutFlag(typed.words, '--budget').filter((word) => word !== '--retry-errored');
  const command = resumeCommand({ ...typed, words: kept }, folder, '--budget', 'MORE');
  const cheaper = isEmpty ? 'give --max-tokens, or a lower one, so that a call can cost less; or ' : '';
  return `${cheaper}resume with a higher --budget in place of MORE: ${command}`;
}

/** The words without a flag and its value. */
function withoutFlag(words: readonly string[], flag: string): readonly string[] {
  return words.filter((word, index) => word !== flag && !word.startsWith(`${flag}=`) && words[index - 1] !== flag);
}
