import type { CommandModule } from 'yargs';
import { type CommandContext, type CommonFlags, give } from './context.ts';
import { ACCOUNT_OPTIONS, gridOptions } from './grid-options.ts';
import { trustEvents } from './trust-events.ts';

/** `promptgrid models` */
export function modelsCommand(context: CommandContext): CommandModule<object, CommonFlags> {
  return {
    command: 'models',
    describe: 'list what the provider offers, with prices where it tells them',
    builder: (yargs) => yargs.options(gridOptions(ACCOUNT_OPTIONS)),
    async handler(flags) {
      const { listModels } = await import('../app/account.ts');
      const { modelsDocument, renderModels } = await import('../reporters/index.ts');
      const models = await context.control.stoppable(() =>
        listModels({ ...flags }, { ...context, events: trustEvents(context, flags) }),
      );
      give(context, flags, { document: modelsDocument(models), text: renderModels(models) });
    },
  };
}
