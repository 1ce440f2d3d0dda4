import { type Command, defineCommand } from './command.ts';
import { type CommandContext, give } from './context.ts';
import { ACCOUNT_OPTIONS } from './shared-options.ts';
import { trustEvents } from './trust-events.ts';

/** `promptgrid balance` */
export function balanceCommand(context: CommandContext): Command {
  return defineCommand(
    {
      usage: 'balance',
      group: 'Account',
      summary: "show the account's balance",
      options: ACCOUNT_OPTIONS,
      examples: ['balance', 'balance --provider openrouter'],
    },
    async (flags) => {
      const { readBalance } = await import('../app/account.ts');
      const { balanceDocument, renderBalance } = await import('../reporters/index.ts');
      const balance = await context.control.stoppable(() =>
        readBalance(flags, { ...context, events: trustEvents(context, flags) }),
      );
      give(context, flags, { document: balanceDocument(balance), text: renderBalance(balance) });
    },
  );
}
