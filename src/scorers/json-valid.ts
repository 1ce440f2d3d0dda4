import { defineScorer, verdict } from './definition.ts';
import { jsonOptions, scoreJson } from './json-scorer.ts';

/** 1 if the answer contains JSON. */
export const jsonValid = defineScorer({
  name: 'json-valid',
  title: 'the answer is JSON, or has a JSON object or array in a code fence or between other text',
  argument: null,
  options: jsonOptions,
  withoutOptions: {},
  create: (options) => ({
    needsExpected: false,
    score: ({ output }) => scoreJson(output, options, () => verdict(true)),
  }),
});
