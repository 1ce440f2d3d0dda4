import { type Command, defineCommand, type Flag } from './command.ts';
import { type CommandContext, type CommonFlags, give, say } from './context.ts';

interface GatewayFlags extends CommonFlags {
  readonly host?: string | undefined;
  readonly key?: string | undefined;
  readonly answers?: string | undefined;
  readonly balance?: string | undefined;
}

const SERVER_OPTIONS = {
  port: { type: 'string', default: '8787', placeholder: '<n>', describe: 'port to listen on; 0 takes a free one' },
  host: { type: 'string', default: '127.0.0.1', placeholder: '<address>', describe: 'address to listen on' },
  key: {
    type: 'string',
    placeholder: '<key>',
    describe: 'API key that requests must carry',
    defaultDescription: 'none',
  },
  answers: {
    type: 'string',
    placeholder: '<file>',
    describe: 'JSONL file of scripted answers: model, prompt, output, usage',
  },
  balance: {
    type: 'string',
    default: '1000000',
    placeholder: '<amount>',
    describe: "the account's balance, in rubles",
  },
  latency: { type: 'string', default: '0', placeholder: '<ms>', describe: 'time an answer takes' },
  jitter: { type: 'string', default: '0', placeholder: '<ms>', describe: 'maximum random time on top of it' },
  'max-rpm': { type: 'string', placeholder: '<n>', describe: 'maximum requests in any 60 s; more get 429' },
  'max-in-flight': { type: 'string', placeholder: '<n>', describe: 'maximum requests in flight; more get 429' },
  'retry-after': { type: 'string', default: '1', placeholder: '<seconds>', describe: 'Retry-After of a 429' },
  seed: { type: 'string', default: '1', placeholder: '<n>', describe: 'seed of faults and jitter' },
} as const satisfies Record<string, Flag>;

const FAULT_OPTIONS = {
  'rate-429': 'too many requests',
  'rate-5xx': 'unavailable (503)',
  'rate-reset': 'connection reset',
  'rate-hang': 'no answer ever',
  'rate-truncated': 'half an answer',
  'rate-html': 'an HTML page under 200',
  'rate-code6': '{code: 6} under 200',
} as const;

/** Flags that take a number. */
type NumberName =
  | keyof typeof FAULT_OPTIONS
  | Exclude<keyof typeof SERVER_OPTIONS, 'host' | 'key' | 'answers' | 'balance'>;

/** `promptgrid gateway` */
export function gatewayCommand(context: CommandContext): Command<GatewayFlags> {
  return defineCommand(
    {
      usage: 'gateway',
      group: 'Set up',
      summary: 'serve simulated answers over the GPTunnel protocol on this machine',
      flags: { ...SERVER_OPTIONS, ...faultFlags() },
      examples: ['gateway --port 8787 --key test', 'gateway --latency 300 --rate-429 0.1'],
    },
    (flags) => serve(context, flags),
  );
}

function faultFlags(): Readonly<Record<string, Flag>> {
  const flags = Object.entries(FAULT_OPTIONS).map(([name, what]): [string, Flag] => [
    name,
    { type: 'string', placeholder: '<share>', requiresArg: true, group: 'Faults', describe: `0 to 1: ${what}` },
  ]);
  return Object.fromEntries(flags);
}

async function serve(context: CommandContext, flags: GatewayFlags): Promise<void> {
  const { startGateway } = await import('../gateway/index.ts');
  const { readNumber } = await import('../app/config/values.ts');
  const { host, key, answers, balance } = flags;
  const given = new Map<string, unknown>(Object.entries(flags));
  const number = (name: NumberName): number | undefined => {
    const text = given.get(name);
    return typeof text === 'string' ? readNumber({ flag: `--${name}`, text, example: `--${name} 1` }) : undefined;
  };
  const gateway = await startGateway({
    host,
    key,
    answersFile: answers,
    balance,
    port: number('port'),
    seed: number('seed'),
    latencyMs: number('latency'),
    latencyJitterMs: number('jitter'),
    retryAfterS: number('retry-after'),
    maxRpm: number('max-rpm'),
    maxInFlight: number('max-in-flight'),
    faults: {
      rate429: number('rate-429'),
      rate5xx: number('rate-5xx'),
      rateReset: number('rate-reset'),
      rateHang: number('rate-hang'),
      rateTruncated: number('rate-truncated'),
      rateHtml: number('rate-html'),
      rateCode6: number('rate-code6'),
    },
  });
  try {
    give(context, flags, {
      document: { url: gateway.url, simulated: true },
      text: `${gateway.url}\nsimulated: answers come from this gateway, not from models; Ctrl-C ends it`,
    });
    await context.control.stoppable(() => aborted(context.control.draining));
    say(context, flags, `served ${gateway.stats().served} calls, billed ${gateway.stats().billed} ₽`);
  } finally {
    await gateway.close();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
