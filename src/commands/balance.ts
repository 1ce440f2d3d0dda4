import type { CommandModule } from 'yargs';
import { type CommandContext, type CommonFlags, give } from './context.ts';
import { ACCOUNT_OPTIONS, gridOptions } from './grid-options.ts';
import { trustEvents } from './trust-events.ts';

/** `promptgrid balance` */
export function balanceCommand(context: CommandContext): CommandModule<object, CommonFlags> {
  return {
    command: 'balance',
    describe: 'show what is left on the account',
    builder: (yargs) => yargs.options(gridOptions(ACCOUNT_OPTIONS)),
    async handler(flags) {
      const { readBalance } = await import('../app/account.ts');
      const { balanceDocument, renderBalance } = await import('../reporters/index.ts');
      const balance = await context.control.stoppable(() =>
        readBalance({ ...flags }, { ...context, events: trustEvents(context, flags) }),
      );
      give(context, flags, { document: balanceDocument(balance), text: renderBalance(balance) });
    },
  };
}
