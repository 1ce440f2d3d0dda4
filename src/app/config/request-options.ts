import type { OptionTable } from '../../core/option-spec.ts';

/** What a request says besides its messages, and what is kept of its answer. */
export const REQUEST_OPTIONS = {
  maxTokens: {
    kind: 'integer',
    group: 'Request',
    min: 1,
    describe: 'maximum tokens of an answer (max_tokens)',
  },
  topP: {
    kind: 'number',
    group: 'Request',
    min: 0,
    max: 1,
    describe: 'nucleus sampling (top_p), 0 to 1',
    isRare: true,
  },
  frequencyPenalty: {
    kind: 'number',
    group: 'Request',
    min: -2,
    max: 2,
    describe: 'frequency_penalty, -2 to 2',
    isRare: true,
  },
  presencePenalty: {
    kind: 'number',
    group: 'Request',
    min: -2,
    max: 2,
    describe: 'presence_penalty, -2 to 2',
    isRare: true,
  },
  functions: {
    kind: 'path',
    group: 'Request',
    describe: 'JSON file with the functions array',
    placeholder: '<file>',
    isRare: true,
  },
  useWalletBalance: {
    kind: 'boolean',
    group: 'Request',
    describe: 'pay from the wallet (GPTunnel, useWalletBalance)',
    isRare: true,
  },
  keepThoughts: {
    kind: 'boolean',
    group: 'Request',
    describe: 'keep thoughts (<think>…</think>) at the start of an answer in the output, where they are scored',
    isRare: true,
  },
  param: {
    kind: 'values',
    group: 'Request',
    describe: 'any other request field as name=json or name=@file.json, such as --param seed=7',
    placeholder: '<name=json>',
    isRare: true,
  },
  reasoningEffort: {
    kind: 'choice',
    group: 'Request',
    choices: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
    describe: 'how much reasoning models think (reasoning_effort)',
    placeholder: '<effort>',
    isRare: true,
  },
  set: {
    kind: 'values',
    group: 'Request',
    describe: 'a request field of one model, by its label or id',
    placeholder: '<model.field=json>',
    example: 'o4-mini.reasoning_effort=low',
    isRare: true,
  },
  stream: {
    kind: 'boolean',
    group: 'Request',
    describe: 'request event streams and measure the time to the first token (ttft_ms)',
    isRare: true,
  },
} as const satisfies OptionTable;
