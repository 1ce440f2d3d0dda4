import type { CommandModule } from 'yargs';
import { oneLine } from '../core/plain-text.ts';
import { type CommandContext, type CommonFlags, give, say } from './context.ts';

interface ImportFlags extends CommonFlags {
  readonly file?: string | undefined;
  readonly out?: string | undefined;
  readonly overwrite?: boolean | undefined;
}

/** `promptgrid import <file>` */
export function importCommand(context: CommandContext): CommandModule<object, ImportFlags> {
  return {
    command: 'import <file>',
    describe: 'write a promptgrid.yaml and a dataset for a configuration of promptfoo',
    builder: (yargs) =>
      yargs
        .positional('file', { type: 'string', describe: 'promptfooconfig.yaml' })
        .option('out', { type: 'string', describe: 'folder for the files; default this one' })
        .option('overwrite', { type: 'boolean', describe: 'replace files that are there' }),
    handler: (flags) => handle(context, flags),
  };
}

async function handle(context: CommandContext, flags: ImportFlags): Promise<void> {
  const { importPromptfoo } = await import('../app/import/index.ts');
  const { file = '', out = '.', overwrite = false } = flags;
  const { files, rows, models, unknown } = await importPromptfoo({ file, out, overwrite });
  for (const { path, why } of unknown) say(context, flags, oneLine(`not taken over: ${path}: ${why}`));
  const where = out === '.' ? '' : `cd ${out} && `;
  const next = `${rows} rows, ${models.length} models; see what would be asked: ${where}npx promptgrid run --dry-run`;
  give(context, flags, { document: { files, rows, models, unknown }, text: [...files, next].map(oneLine).join('\n') });
}
