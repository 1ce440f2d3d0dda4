import yargs from 'yargs';
import { type CommandContext, commands } from '../commands/index.ts';
import { UsageError } from '../core/errors.ts';
import { COMMON_OPTIONS } from './overview.ts';

const MAX_WIDTH = 110;

/** Parses a command line and carries its command out. @throws whatever the command throws; UsageError for unknown words */
export async function parseCommandLine(context: CommandContext, version: string): Promise<void> {
  const parser = yargs([...context.words])
    .scriptName('promptgrid')
    .locale('en')
    .parserConfiguration({ 'parse-numbers': false, 'parse-positional-numbers': false })
    .options(COMMON_OPTIONS)
    .demandCommand(1, 'say what to do')
    .strict()
    .recommendCommands()
    .version(version)
    .help()
    .wrap(Math.min(MAX_WIDTH, context.stderr.columns ?? MAX_WIDTH))
    .exitProcess(false)
    .fail(fail);
  for (const command of commands(context)) parser.command(command);
  await parser.parseAsync();
}

function fail(message: string | null, error: Error | undefined): never {
  if (error !== undefined) throw error;
  throw new UsageError(message ?? 'the command line cannot be read', {
    hint: 'promptgrid --help lists the commands, promptgrid run --help the flags of one',
  });
}
