import { UsageError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ModelRef } from '../../core/variant.ts';
import { type RedisAddress, redisAddress } from '../../queue/redis.ts';
import { ownSettings, requireNamed } from './endpoints.ts';
import { apiNames } from './programs.ts';
import { type EndpointConfig, type QueueConfig, Secret } from './run-config.ts';
import type { MergedSettings } from './schema.ts';
import { type Environment, expandVariables } from './variables.ts';

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
  env: Environment,
): QueueConfig | null {
  const { queue } = settings;
  if (queue === undefined) return null;
  const isOurs = settings.origins.queue !== 'project' || settings.trustConfig === true;
  if (!isOurs && queue.includes('${')) {
    throw new UsageError('queue: a variable in an address that a project file names may be a key of yours', {
      hint: 'put the whole address into the environment variable PROMPTGRID_QUEUE, or give --trust-config',
    });
  }
  const { url, shown } = queueAddress(queue, env);
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

/**
 * The address of a queue with its variables, such as `redis://:${REDIS_PASSWORD}@host:6379`.
 * @throws UsageError for a variable that is not set, and for an address that is none of Redis
 */
export function queueAddress(text: string, env: Environment): RedisAddress {
  // A variable may hold a whole address, or a part of one, which must not end it.
  const encode = text.startsWith('${') ? undefined : encodeURIComponent;
  return redisAddress(expandVariables(text, env, '--queue', encode).text);
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
