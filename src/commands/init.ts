import { type Command, defineCommand } from './command.ts';
import { type CommandContext, give } from './context.ts';

/** `promptgrid init` */
export function initCommand(context: CommandContext): Command {
  return defineCommand(
    { usage: 'init', group: 'Set up', summary: 'write a commented promptgrid.yaml and a sample dataset here' },
    async (flags) => {
      const { writeSampleProject } = await import('../app/init.ts');
      const files = await writeSampleProject(context.folder);
      const next = 'try it without a key: npx promptgrid run --simulate';
      give(context, flags, { document: { files }, text: [...files, next].join('\n') });
    },
  );
}
