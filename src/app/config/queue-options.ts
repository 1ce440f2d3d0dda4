import type { OptionTable } from '../../core/option-spec.ts';

/** Options of calls that workers make. */
export const QUEUE_OPTIONS = {
  queue: {
    kind: 'string',
    group: 'Pace',
    isRare: true,
    describe: 'have the calls made by workers (promptgrid worker) that are connected to this Redis',
    placeholder: '<redis://…>',
  },
} as const satisfies OptionTable;
