import { UsageError } from '../core/errors.ts';
import type { OptionTable, ValueTable } from '../core/option-spec.ts';
import { oneLine } from '../core/plain-text.ts';
import { type Command, defineCommand, type FlagsOf } from './command.ts';
import { type CommandContext, give, say, widthOf } from './context.ts';

/** Rows shown unless `--limit` says otherwise. */
const DEFAULT_ROWS = 10;

const ARGUMENTS = {
  run: { kind: 'path', describe: 'run folder' },
  row: { kind: 'string', describe: 'id of a row; without it, the rows worth a look' },
} as const satisfies ValueTable;

const OPTIONS = {
  failed: { kind: 'boolean', group: 'Flags', describe: 'show rows with a trial that failed or errored' },
  flipped: {
    kind: 'path',
    group: 'Flags',
    placeholder: '<base>',
    describe: 'show rows that flipped since this run folder, result file or baseline',
  },
  limit: {
    kind: 'integer',
    group: 'Flags',
    min: 1,
    max: 1000,
    describe: 'most rows shown',
    defaultText: String(DEFAULT_ROWS),
  },
  full: { kind: 'boolean', group: 'Flags', describe: 'show long texts whole' },
  thoughts: { kind: 'boolean', group: 'Flags', describe: 'show the reasoning of models' },
} as const satisfies OptionTable;

type Flags = FlagsOf<typeof ARGUMENTS & typeof OPTIONS>;

/** `promptgrid show <run> [row]` */
export function showCommand(context: CommandContext): Command {
  return defineCommand(
    {
      usage: 'show <run> [row]',
      group: 'Results',
      summary: 'show questions, expected answers and the answers of all variants side by side',
      arguments: ARGUMENTS,
      options: OPTIONS,
      examples: [
        'show results/support',
        'show results/support q17 --full',
        'show results/now --flipped results/before',
      ],
    },
    (flags) => handle(context, flags),
  );
}

async function handle(context: CommandContext, flags: Flags): Promise<void> {
  const { executeShow, showDocument } = await import('../app/show/index.ts');
  const { renderShownRows } = await import('../reporters/index.ts');
  const { run = '', row = null, failed, flipped = null, limit = DEFAULT_ROWS, full, thoughts } = flags;
  checkChoice(flags);
  const shown = await executeShow({
    folder: run,
    rowId: row,
    isFailedOnly: failed === true,
    flippedFrom: flipped,
    most: limit,
    onWarning: (text) => say(context, flags, `warning: ${oneLine(text)}`),
  });
  const style = { colors: context.colors, isFull: full === true, showsThoughts: thoughts === true };
  const text = renderShownRows(shown, { ...style, width: widthOf(context, flags) });
  give(context, flags, { document: showDocument(shown), text, keepsLines: true });
  if (shown.simulated) say(context, flags, 'simulated answers: they say nothing about the models named');
}

function checkChoice({ row, failed, flipped, limit }: Flags): void {
  const [first, second] = [
    ...(row === undefined ? [] : ['a row id']),
    ...(failed === true ? ['--failed'] : []),
    ...(flipped === undefined ? [] : ['--flipped']),
    ...(row !== undefined && limit !== undefined ? ['--limit'] : []),
  ];
  if (first === undefined || second === undefined) return;
  throw new UsageError(`${first} and ${second} both choose rows`, { hint: 'give one of them' });
}
