import { type Command, defineCommand } from './command.ts';
import { type CommandContext, type CommonFlags, give } from './context.ts';

/** `promptgrid init` */
export function initCommand(context: CommandContext): Command<CommonFlags> {
  return defineCommand(
    { usage: 'init', group: 'Set up', summary: 'write a commented promptgrid.yaml and a sample dataset here' },
    async (flags: CommonFlags) => {
      const { writeSampleProject } = await import('../app/init.ts');
      const files = await writeSampleProject(context.folder);
      const next = 'try it without a key: npx promptgrid run --simulate';
      give(context, flags, { document: { files }, text: [...files, next].join('\n') });
    },
  );
}
