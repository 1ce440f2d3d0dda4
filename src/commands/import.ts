import { oneLine } from '../core/plain-text.ts';
import { type Command, defineCommand } from './command.ts';
import { type CommandContext, type CommonFlags, give, say } from './context.ts';

interface ImportFlags extends CommonFlags {
  readonly file?: string | undefined;
  readonly out?: string | undefined;
  readonly overwrite?: boolean | undefined;
}

/** `promptgrid import <file>` */
export function importCommand(context: CommandContext): Command<ImportFlags> {
  return defineCommand(
    {
      usage: 'import <file>',
      group: 'Set up',
      summary: 'convert a promptfoo configuration to promptgrid.yaml and a dataset',
      arguments: { file: { type: 'string', describe: 'promptfooconfig.yaml' } },
      flags: {
        out: { type: 'string', placeholder: '<folder>', defaultDescription: '.', describe: 'folder for the files' },
        overwrite: { type: 'boolean', describe: 'replace existing files' },
      },
      examples: ['import promptfooconfig.yaml --out grid'],
    },
    (flags) => handle(context, flags),
  );
}

async function handle(context: CommandContext, flags: ImportFlags): Promise<void> {
  const { importPromptfoo } = await import('../app/import/index.ts');
  const { file = '', out = '.', overwrite = false } = flags;
  const { files, rows, models, unknown } = await importPromptfoo({ file, out, overwrite });
  for (const { path, why } of unknown) say(context, flags, oneLine(`not taken over: ${path}: ${why}`));
  const where = out === '.' ? '' : `, in ${out}`;
  const next = `${rows} rows, ${models.length} models; see the plan with: npx promptgrid run --dry-run${where}`;
  give(context, flags, { document: { files, rows, models, unknown }, text: [...files, next].map(oneLine).join('\n') });
}
