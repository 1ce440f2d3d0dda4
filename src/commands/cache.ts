import { oneLine } from '../core/plain-text.ts';
import { type Command, defineCommand } from './command.ts';
import { type CommandContext, type CommonFlags, give } from './context.ts';

const ACTIONS = ['stats', 'clear', 'prune'] as const;

interface CacheFlags extends CommonFlags {
  readonly action?: (typeof ACTIONS)[number] | undefined;
  readonly cache?: string | undefined;
  readonly olderThan?: string | undefined;
}

/** `promptgrid cache stats | clear | prune` */
export function cacheCommand(context: CommandContext): Command<CacheFlags> {
  return defineCommand(
    {
      usage: 'cache <action>',
      group: 'Set up',
      summary: 'show, clear or prune the response cache',
      arguments: { action: { choices: ACTIONS, describe: 'stats, clear or prune' } },
      flags: {
        cache: {
          type: 'string',
          default: '.promptgrid/cache',
          placeholder: '<folder>',
          describe: 'folder of the cache',
        },
        'older-than': {
          type: 'string',
          default: '30d',
          placeholder: '<age>',
          describe: 'with prune: age such as 30d, 12h, 45m',
        },
      },
      examples: ['cache stats', 'cache prune --older-than 12h'],
    },
    (flags) => handle(context, flags),
  );
}

async function handle(context: CommandContext, flags: CacheFlags): Promise<void> {
  const { cacheStats, clearCache, pruneOlderThan } = await import('../app/cache.ts');
  const folder = flags.cache ?? '';
  switch (flags.action) {
    case 'clear':
      clearCache(folder);
      return give(context, flags, { document: { folder, cleared: true }, text: oneLine(`${folder} is empty`) });
    case 'prune': {
      const removed = await pruneOlderThan(folder, flags.olderThan ?? '', context.now());
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
