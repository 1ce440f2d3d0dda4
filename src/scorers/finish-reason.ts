import { defineScorer, unscored, verdict } from './definition.ts';
import { readGivenList } from './list-scorer.ts';

/** 1 if the answer's finish reason is the required one. */
export const finishReason = defineScorer({
  name: 'finish-reason',
  title: 'the answer ended by itself (stop), or as finish-reason:<reason> says; several by commas',
  argument: 'reasons',
  options: (z) => ({
    reasons: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .optional()
      .describe('finish reasons as the API names them, as a list or separated by commas; default stop'),
  }),
  withoutOptions: {},
  create({ reasons = 'stop' }, { label }) {
    const wanted = new Set(typeof reasons === 'string' ? readGivenList(reasons, label) : reasons);
    return {
      needsExpected: false,
      score({ completion: { finishReason: reason } }) {
        return reason === null
          ? unscored('the provider reported no finish reason')
          : verdict(wanted.has(reason), reason);
      },
    };
  },
});
