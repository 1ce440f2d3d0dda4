import { balanceCommand } from './balance.ts';
import { baselineCommand } from './baseline.ts';
import { cacheCommand } from './cache.ts';
import type { Command } from './command.ts';
import { commentCommand } from './comment.ts';
import { compareCommand } from './compare.ts';
import type { CommandContext } from './context.ts';
import { estimateCommand } from './estimate.ts';
import { gatewayCommand } from './gateway.ts';
import { importCommand } from './import.ts';
import { initCommand } from './init.ts';
import { modelsCommand } from './models.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { scoreCommand } from './score.ts';
import { showCommand } from './show.ts';
import { watchCommand } from './watch.ts';
import { workerCommand } from './worker.ts';

export { COMMAND_GROUPS, COMMON_FLAGS, type Command, commandOf, nameOf } from './command.ts';
export { type CommandContext, foldedErrors, type OutputStream } from './context.ts';
export type { Flag } from './flags.ts';

/** Every command; a new one needs one file and one line here. */
export function commands(context: CommandContext): readonly Command[] {
  return [
    runCommand(context),
    estimateCommand(context),
    watchCommand(context),
    workerCommand(context),
    scoreCommand(context),
    showCommand(context),
    reportCommand(context),
    compareCommand(context),
    commentCommand(context),
    baselineCommand(context),
    modelsCommand(context),
    balanceCommand(context),
    cacheCommand(context),
    gatewayCommand(context),
    initCommand(context),
    importCommand(context),
  ];
}
