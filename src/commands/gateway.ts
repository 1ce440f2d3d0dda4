import { GATEWAY_OPTIONS } from '../gateway/option-table.ts';
import { type Command, defineCommand, type FlagsOf } from './command.ts';
import { type CommandContext, give, say } from './context.ts';

type Flags = FlagsOf<typeof GATEWAY_OPTIONS>;

/** The gateway's default port; clients are configured with it. */
const DEFAULT_PORT = 8787;

/** `promptgrid gateway` */
export function gatewayCommand(context: CommandContext): Command {
  return defineCommand(
    {
      usage: 'gateway',
      group: 'Set up',
      summary: 'serve simulated answers over the GPTunnel protocol on this machine',
      options: GATEWAY_OPTIONS,
      examples: ['gateway --port 8787 --key test', 'gateway --latency 300 --rate-429 0.1'],
    },
    (flags) => serve(context, flags),
  );
}

async function serve(context: CommandContext, flags: Flags): Promise<void> {
  const { formatDecimal } = await import('../core/money.ts');
  const { startGateway } = await import('../gateway/index.ts');
  const { host, port = DEFAULT_PORT, key, answers, balance, latency, jitter, maxRpm, maxInFlight } = flags;
  const { retryAfter, seed, rate429, rate5xx, rateReset, rateHang, rateTruncated, rateHtml, rateCode6 } = flags;
  const gateway = await startGateway({
    host,
    port,
    key,
    answersFile: answers,
    balance: balance === undefined ? undefined : formatDecimal(balance),
    latencyMs: latency,
    latencyJitterMs: jitter,
    maxRpm,
    maxInFlight,
    retryAfterS: retryAfter,
    seed,
    faults: { rate429, rate5xx, rateReset, rateHang, rateTruncated, rateHtml, rateCode6 },
  });
  try {
    give(context, flags, {
      document: { url: gateway.url, simulated: true },
      text: `${gateway.url}\nsimulated: answers come from this gateway, not from models; Ctrl-C ends it`,
    });
    const keyText = key === undefined ? 'no key is needed' : 'the API key is the one of --key';
    say(context, flags, `use it with --base-url ${gateway.url}; ${keyText}`);
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
