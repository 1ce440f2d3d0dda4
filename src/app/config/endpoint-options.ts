import type { OptionTable } from '../../core/option-spec.ts';
import { AUTH_SCHEMES } from '../../providers/definition.ts';

/** Where requests go, and with which key. */
export const ENDPOINT_OPTIONS = {
  provider: {
    kind: 'string',
    group: 'Endpoint',
    describe: 'provider of plain model ids',
    placeholder: '<name>',
    defaultText: 'gptunnel',
  },
  baseUrl: {
    kind: 'string',
    group: 'Endpoint',
    describe: 'API URL including /v1',
    placeholder: '<url>',
    defaultText: "the provider's own",
  },
  apiKeyEnv: {
    kind: 'string',
    group: 'Endpoint',
    describe: 'variable with the API key',
    placeholder: '<NAME>',
    defaultText: 'GPTUNNEL_API_KEY, …',
  },
  auth: {
    kind: 'choice',
    group: 'Endpoint',
    choices: AUTH_SCHEMES,
    describe: 'how the API key is sent: Authorization: <key> (bare), Bearer <key>, or a header of its own',
    placeholder: '<scheme>',
    isRare: true,
    defaultText: "the provider's own",
  },
  header: {
    kind: 'headers',
    group: 'Endpoint',
    describe: "header of every request, such as 'x-api-key: ${MY_KEY}'",
    placeholder: "<'name: value'>",
    isRare: true,
  },
  caFile: {
    kind: 'path',
    group: 'Endpoint',
    describe: "file with certificates to trust besides the machine's own",
    placeholder: '<file>',
    isRare: true,
  },
  trustConfig: {
    kind: 'boolean',
    group: 'Endpoint',
    describe:
      'send API keys to the URLs that promptgrid.yaml and .env name, and run the programs that they name, without asking',
    isRare: true,
    flagOnly: true,
  },
  modelCheck: {
    kind: 'boolean',
    group: 'Endpoint',
    describe: "check models against the provider's list before the first call; --no-model-check skips it",
    isRare: true,
    defaultText: 'true',
  },
  simulate: {
    kind: 'switchOrPath',
    group: 'Endpoint',
    describe: 'built-in gateway or scripted answers; no API key',
    placeholder: '[file]',
  },
} as const satisfies OptionTable;
