import type { OptionTable, ValueTable } from '../core/option-spec.ts';
import { oneLine } from '../core/plain-text.ts';
import { type Command, defineCommand, type FlagsOf } from './command.ts';
import { type CommandContext, give, say } from './context.ts';

const ARGUMENTS = {
  file: { kind: 'path', describe: 'promptfooconfig.yaml' },
} as const satisfies ValueTable;

const OPTIONS = {
  out: { kind: 'path', group: 'Flags', placeholder: '<folder>', describe: 'folder for the files', defaultText: '.' },
  allowCode: { kind: 'boolean', group: 'Flags', describe: 'take over JavaScript as modules' },
  overwrite: { kind: 'boolean', group: 'Flags', describe: 'replace existing files' },
} as const satisfies OptionTable;

interface Noted {
  readonly path: string;
  readonly why: string;
  readonly count: number;
}

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
  const { file = '', out = '.', overwrite = false, allowCode = false } = flags;
  const imported = await importPromptfoo({ file, out, overwrite, allowCode });
  const { files, rows, models, unknown, changed } = imported;
  for (const note of unknown) say(context, flags, oneLine(`not imported: ${noteText(note)}`));
  for (const note of changed) say(context, flags, oneLine(`imported with a change: ${noteText(note)}`));
  const where = out === '.' ? '' : `, in ${out}`;
  const next = `${rows} rows, ${models.length} models; see the plan with: npx promptgrid run --dry-run${where}`;
  give(context, flags, { document: imported, text: [...files, next].map(oneLine).join('\n') });
}

function noteText({ path, why, count }: Noted): string {
  return `${path}: ${why}${count === 1 ? '' : ` (${count} times; this is the first)`}`;
}
