import { UsageError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ModelRef } from '../../core/variant.ts';
import { redisAddress } from '../../queue/redis.ts';
import { ownSettings, requireNamed } from './endpoints.ts';
import { apiNames } from './programs.ts';
import { type EndpointConfig, type QueueConfig, Secret } from './run-config.ts';
import type { MergedSettings } from './schema.ts';

/**
 * Where workers take the calls; null if they are made from here.
 * @param models all that are asked, judges included
 * @throws UsageError for an address that is none, for settings that a queue does not go with, and for secrets that
 * would go into it
 */
export function resolveQueue(
  settings: MergedSettings,
  models: readonly ModelRef[],
  endpoints: readonly EndpointConfig[],
): QueueConfig | null {
  const { queue } = settings;
  if (queue === undefined) return null;
  const { url, shown } = redisAddress(queue);
  const names = apiNames(models);
  const other = otherWay(settings, models.length > 0 && models.every(({ provider }) => names.includes(provider)));
  if (other !== null) throw new UsageError(`--queue does not go with ${other}`, { hint: 'leave one of them out' });
  checkNoSecrets(endpoints);
  return {
    url: new Secret(url),
    shown,
    providers: Object.fromEntries(names.map((name) => [name, sectionOf(name, settings)])),
  };
}

function otherWay({ simulate, batch }: MergedSettings, isApis: boolean): string | null {
  if (simulate !== undefined && simulate !== false) return '--simulate: the embedded gateway answers in this process';
  if (batch === true) return '--batch: a provider works on batches by itself';
  return isApis ? null : 'models of module: and exec:, whose programs run on this machine';
}

/** Redis and its backups are no place for a secret. */
function checkNoSecrets(endpoints: readonly EndpointConfig[]): void {
  for (const { provider, destinations } of endpoints) {
    const written = destinations.flatMap((destination) => destination.written);
    if (written.length === 0) continue;
    throw new UsageError(`--queue: ${written.join(', ')} of ${provider} would be readable in Redis`, {
      hint: 'write the value as ${NAME}: each worker takes it from its own environment',
    });
  }
}

function sectionOf(name: string, settings: MergedSettings): JsonObject {
  const { definition } = requireNamed(name, settings);
  const { headers, ...own } = ownSettings(name, settings);
  const given = Object.entries(own).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return {
    ...Object.fromEntries(given),
    kind: definition.name,
    ...(headers === undefined ? {} : { headers: [...headers] }),
  };
}
