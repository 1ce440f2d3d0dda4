import { DEFAULT_CACHE_FOLDER } from '../app/config/options.ts';
import type { OptionTable, ValueTable } from '../core/option-spec.ts';
import { oneLine } from '../core/plain-text.ts';
import { type Command, defineCommand, type FlagsOf } from './command.ts';
import { type CommandContext, give } from './context.ts';

const THIRTY_DAYS_MS = 30 * 86_400_000;
const ACTIONS = ['stats', 'clear', 'prune'] as const;

const ARGUMENTS = {
  action: { kind: 'choice', choices: ACTIONS, describe: 'stats, clear or prune' },
} as const satisfies ValueTable;

const OPTIONS = {
  cache: {
    kind: 'path',
    group: 'Flags',
    placeholder: '<folder>',
    describe: 'folder of the cache',
    defaultText: DEFAULT_CACHE_FOLDER,
  },
  olderThan: {
    kind: 'age',
    group: 'Flags',
    describe: 'with prune: age such as 30d, 12h, 45m',
    defaultText: '30d',
  },
} as const satisfies OptionTable;

type Flags = FlagsOf<typeof ARGUMENTS & typeof OPTIONS>;

/** `promptgrid cache stats | clear | prune` */
export function cacheCommand(context: CommandContext): Command {
  return defineCommand(
    {
      usage: 'cache <action>',
      group: 'Set up',
      summary: 'show, clear or prune the response cache',
      arguments: ARGUMENTS,
      options: OPTIONS,
      examples: ['cache stats', 'cache prune --older-than 12h'],
    },
    (flags) => handle(context, flags),
  );
}

async function handle(context: CommandContext, flags: Flags): Promise<void> {
  const { cacheStats, clearCache, pruneOlderThan } = await import('../app/cache.ts');
  const folder = flags.cache ?? DEFAULT_CACHE_FOLDER;
  switch (flags.action) {
    case 'clear':
      clearCache(folder);
      return give(context, flags, { document: { folder, cleared: true }, text: oneLine(`${folder} is empty`) });
    case 'prune': {
      const removed = await pruneOlderThan(folder, flags.olderThan ?? THIRTY_DAYS_MS, context.now());
      return give(context, flags, {
        document: { folder, removed },
        text: oneLine(`${removed} answers removed from ${folder}`),
      });
    }
    default: {
      const { renderCacheStats } = await import('../reporters/index.ts');
      const stats = await cacheStats(folder);
      return give(context, flags, { document: stats, text: renderCacheStats(stats) });
    }
  }
}
