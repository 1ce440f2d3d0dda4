import type { CommandModule } from 'yargs';
import { type CommandContext, type CommonFlags, give } from './context.ts';

/** `promptgrid init` */
export function initCommand(context: CommandContext): CommandModule<object, CommonFlags> {
  return {
    command: 'init',
    describe: 'write a commented promptgrid.yaml and a sample dataset here',
    async handler(flags) {
      const { writeSampleProject } = await import('../app/init.ts');
      const files = await writeSampleProject(context.folder);
      const next = 'try it without a key: npx promptgrid run --simulate';
      give(context, flags, { document: { files }, text: [...files, next].join('\n') });
    },
  };
}
