import { UsageError } from '../../core/errors.ts';
import { askedTier, isUsualTier } from '../../core/request-fields.ts';
import type { GridModel } from '../../core/variant.ts';
import { providers } from '../../providers/index.ts';
import { requireNamed } from './endpoints.ts';
import type { BatchConfig } from './run-config.ts';
import type { MergedSettings } from './schema.ts';

/**
 * How trials are asked in batches; null if they are not.
 * @throws UsageError for a provider without batches, and for settings that batches do not go with
 */
export function resolveBatch(settings: MergedSettings, models: readonly GridModel[]): BatchConfig | null {
  const { batch = false, wait = true, batchThenLive = false, cancelBatches = false } = settings;
  if (!batch) {
    const given = cancelBatches ? '--cancel-batches' : batchThenLive ? '--batch-then-live' : wait ? null : '--no-wait';
    if (given === null) return null;
    throw new UsageError(`${given} is about batches`, { hint: 'give --batch too, or leave it out' });
  }
  if (!wait && batchThenLive) {
    throw new UsageError('--batch-then-live needs the answers of the batches, which --no-wait does not wait for', {
      hint: 'leave one of them out',
    });
  }
  if (cancelBatches && batchThenLive) {
    throw new UsageError('--cancel-batches asks nothing, so that nothing is left for --batch-then-live', {
      hint: 'leave one of them out',
    });
  }
  const other = otherWay(settings);
  if (other !== null) throw new UsageError(`--batch does not go with ${other}`, { hint: 'leave one of them out' });
  for (const { ref, params } of models) checkModel(ref.provider, params, settings);
  return { waits: wait, thenLive: batchThenLive, cancels: cancelBatches };
}

function otherWay({ stream, simulate, stopWhenDecided }: MergedSettings): string | null {
  if (stream === true) return '--stream: answers in batches are not streamed';
  if (simulate !== undefined && simulate !== false) return '--simulate: the embedded gateway takes no batches';
  if (stopWhenDecided === undefined || stopWhenDecided === false) return null;
  return '--stop-when-decided: which rows are asked depends on the answers';
}

function checkModel(provider: string, params: GridModel['params'], settings: MergedSettings): void {
  if (requireNamed(provider, settings).definition.batches === undefined) {
    const able = providers.filter(({ batches }) => batches !== undefined).map(({ name }) => name);
    throw new UsageError(`promptgrid knows no batches of ${provider}`, {
      hint: `leave --batch out for its models; these have batches: ${able.join(', ')}`,
    });
  }
  const tier = askedTier(params);
  if (isUsualTier(tier)) return;
  throw new UsageError(`--batch does not go with the service tier ${tier}: batches have their own`, {
    hint: 'leave one of them out',
  });
}
