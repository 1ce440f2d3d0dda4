import { PromptgridError, RunEndedError } from '../core/errors.ts';
import type { CommandContext } from './context.ts';
import { resumeCommand } from './resume-command.ts';

/**
 * Runs a command that makes calls, and that ends cleanly when it is stopped. Once calls were made, an error that would
 * say that nothing was paid is replaced by one that shows how to resume the run.
 * @param folderOf names the run's folder, once calls were made
 * @throws RunEndedError for an unexpected error, and for one of the configuration or the dataset, after calls
 */
export async function keepingRun<T>(
  context: CommandContext,
  folderOf: () => string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await context.control.stoppable(work);
  } catch (cause) {
    if (!context.control.hasCalled || (cause instanceof PromptgridError && cause.exitStatus !== 2)) throw cause;
    const folder = folderOf();
    const resume = `results are kept in ${folder}; resume with: ${resumeCommand(context, folder)}`;
    if (cause instanceof PromptgridError) {
      throw new RunEndedError(cause.code, cause.message, { hint: `${cause.hint}; ${resume}`, cause });
    }
    throw new RunEndedError('E_UNKNOWN', 'an unexpected error ended the run', { hint: resume, cause });
  }
}
