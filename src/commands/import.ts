import type { OptionTable, ValueTable } from '../core/option-spec.ts';
import { oneLine } from '../core/plain-text.ts';
import { type Command, defineCommand, type FlagsOf } from './command.ts';
import { type CommandContext, give, say } from './context.ts';

const ARGUMENTS = {
  file: { kind: 'path', describe: 'promptfooconfig.yaml' },
} as const satisfies ValueTable;

const OPTIONS = {
  out: { kind: 'path', group: 'Flags', placeholder: '<folder>', describe: 'folder for the files', defaultText: '.' },
  overwrite: { kind: 'boolean', group: 'Flags', describe: 'replace existing files' },
} as const satisfies OptionTable;

type Flags = FlagsOf<typeof ARGUMENTS & typeof OPTIONS>;

/** `promptgrid import <file>` */
export function importCommand(context: CommandContext): Command {
  return defineCommand(
    {
      usage: 'import <file>',
      group: 'Set up',
      summary: 'convert a promptfoo configuration to promptgrid.yaml and a dataset',
      arguments: ARGUMENTS,
      options: OPTIONS,
      examples: ['import promptfooconfig.yaml --out grid'],
    },
    (flags) => handle(context, flags),
  );
}

async function handle(context: CommandContext, flags: Flags): Promise<void> {
  const { importPromptfoo } = await import('../app/import/index.ts');
  const { file = '', out = '.', overwrite = false } = flags;
  const { files, rows, models, unknown } = await importPromptfoo({ file, out, overwrite });
  for (const { path, why } of unknown) say(context, flags, oneLine(`not taken over: ${path}: ${why}`));
  const where = out === '.' ? '' : `, in ${out}`;
  const next = `${rows} rows, ${models.length} models; see the plan with: npx promptgrid run --dry-run${where}`;
  give(context, flags, { document: { files, rows, models, unknown }, text: [...files, next].map(oneLine).join('\n') });
}
