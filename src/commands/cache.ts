import type { CommandModule } from 'yargs';
import { oneLine } from '../core/plain-text.ts';
import { type CommandContext, type CommonFlags, give } from './context.ts';

const ACTIONS = ['stats', 'clear', 'prune'] as const;

interface CacheFlags extends CommonFlags {
  readonly action?: (typeof ACTIONS)[number] | undefined;
  readonly cache?: string | undefined;
  readonly olderThan?: string | undefined;
}

/** `promptgrid cache stats | clear | prune` */
export function cacheCommand(context: CommandContext): CommandModule<object, CacheFlags> {
  return {
    command: 'cache <action>',
    describe: 'look after the response cache: stats, clear, prune --older-than 30d',
    builder: (yargs) =>
      yargs
        .positional('action', { choices: ACTIONS, describe: 'what to do' })
        .option('cache', { type: 'string', default: '.promptgrid/cache', describe: 'folder of the cache' })
        .option('older-than', { type: 'string', default: '30d', describe: 'with prune: age such as 30d, 12h, 45m' }),
    handler: (flags) => handle(context, flags),
  };
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
