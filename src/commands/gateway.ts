import type { Argv, CommandModule, Options } from 'yargs';
import type { FaultShares } from '../app/gateway.ts';
import { type CommandContext, type CommonFlags, give, say } from './context.ts';

interface GatewayFlags extends CommonFlags {
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly key?: string | undefined;
  readonly answers?: string | undefined;
  readonly balance?: string | undefined;
  readonly seed?: number | undefined;
  readonly latency?: number | undefined;
  readonly jitter?: number | undefined;
  readonly retryAfter?: number | undefined;
  readonly maxRpm?: number | undefined;
  readonly maxInFlight?: number | undefined;
}

const SERVER_OPTIONS = {
  port: { type: 'number', default: 8787, describe: 'port to listen on; 0 takes a free one' },
  host: { type: 'string', default: '127.0.0.1', describe: 'address to listen on' },
  key: { type: 'string', describe: 'key that calls must carry', defaultDescription: 'none is asked for' },
  answers: { type: 'string', describe: 'JSONL file of scripted answers: model, prompt, output, usage' },
  balance: { type: 'string', default: '1000000', describe: 'what the account holds, in rubles' },
  latency: { type: 'number', default: 0, describe: 'milliseconds that an answer takes' },
  jitter: { type: 'number', default: 0, describe: 'most milliseconds on top of it' },
  'max-rpm': { type: 'number', describe: 'most calls in any 60 s; more are answered 429' },
  'max-in-flight': { type: 'number', describe: 'most calls at a time; more are answered 429' },
  'retry-after': { type: 'number', default: 1, describe: 'seconds in the Retry-After of a 429' },
  seed: { type: 'number', default: 1, describe: 'seed of faults and jitter' },
} as const satisfies Record<string, Options>;

const FAULT_OPTIONS = {
  'rate-429': 'too many requests',
  'rate-5xx': 'unavailable (503)',
  'rate-reset': 'connection reset',
  'rate-hang': 'no answer ever',
  'rate-truncated': 'half an answer',
  'rate-html': 'an HTML page under 200',
  'rate-code6': '{code: 6} under 200',
} as const;

/** `promptgrid gateway` */
export function gatewayCommand(context: CommandContext): CommandModule<object, GatewayFlags> {
  return {
    command: 'gateway',
    describe: 'serve the GPTunnel-compatible gateway on this machine: simulated answers, real protocol',
    builder,
    handler: (flags) => serve(context, flags),
  };
}

function builder(yargs: Argv): Argv {
  const faults = Object.entries(FAULT_OPTIONS).map(([name, what]): [string, Options] => [
    name,
    { type: 'number', group: 'Faults:', describe: `share of calls from 0 to 1: ${what}` },
  ]);
  return yargs.options(SERVER_OPTIONS).options(Object.fromEntries(faults));
}

async function serve(context: CommandContext, flags: GatewayFlags): Promise<void> {
  const { startGateway } = await import('../app/gateway.ts');
  const { port, host, key, answers, balance, seed, latency, jitter, retryAfter, maxRpm, maxInFlight } = flags;
  const gateway = await startGateway({
    ...{ port, host, key, balance, seed, maxRpm, maxInFlight },
    ...{ answersFile: answers, latencyMs: latency, latencyJitterMs: jitter, retryAfterS: retryAfter },
    faults: readFaults({ ...flags }),
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

function readFaults(flags: Readonly<Record<string, unknown>>): FaultShares {
  const share = (name: keyof typeof FAULT_OPTIONS): number | undefined => {
    const value = flags[name];
    return typeof value === 'number' ? value : undefined;
  };
  return {
    ...{ rate429: share('rate-429'), rate5xx: share('rate-5xx'), rateReset: share('rate-reset') },
    ...{ rateHang: share('rate-hang'), rateTruncated: share('rate-truncated') },
    ...{ rateHtml: share('rate-html'), rateCode6: share('rate-code6') },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
