import type { OptionTable } from '../../core/option-spec.ts';

/** Options of requests in batches. */
export const BATCH_OPTIONS = {
  batch: {
    kind: 'boolean',
    group: 'Pace',
    describe: 'send batches: half price, answers within 24 h',
  },
  wait: {
    kind: 'boolean',
    group: 'Pace',
    isRare: true,
    describe: 'with --batch: wait for the answers; --no-wait ends with exit status 4, and the same command collects',
    defaultText: 'true',
  },
  batchThenLive: {
    kind: 'boolean',
    group: 'Pace',
    isRare: true,
    describe: 'with --batch: send what batches leave unanswered one by one, at the usual price',
  },
  cancelBatches: {
    kind: 'boolean',
    group: 'Pace',
    isRare: true,
    describe: 'with --batch: cancel the open batches of this run, keep what they answered, and submit nothing',
  },
} as const satisfies OptionTable;
