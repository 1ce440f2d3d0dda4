import { type Command, defineCommand } from './command.ts';
import { type CommandContext, give, widthOf } from './context.ts';
import { ACCOUNT_OPTIONS } from './shared-options.ts';
import { trustEvents } from './trust-events.ts';

/** `promptgrid models` */
export function modelsCommand(context: CommandContext): Command {
  return defineCommand(
    {
      usage: 'models',
      group: 'Account',
      summary: "list the provider's models and their prices",
      options: ACCOUNT_OPTIONS,
      examples: ['models', 'models --provider openrouter'],
    },
    async (flags) => {
      const { listModels } = await import('../app/account.ts');
      const { modelsDocument, renderModels } = await import('../reporters/index.ts');
      const models = await context.control.stoppable(() =>
        listModels(flags, { ...context, events: trustEvents(context, flags) }),
      );
      give(context, flags, { document: modelsDocument(models), text: renderModels(models, widthOf(context, flags)) });
    },
  );
}
