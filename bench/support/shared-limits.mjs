import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Program, round, writeQuestions } from './program.mjs';

/** How long a call counts after its answer, in seconds: a minute plus two of the parts in which calls are counted. */
const COUNTED_S = 60.2;
const KEY = 'sk-bench-0123456789';
const RPM = 300;

/** A gateway in a separate process, so that it can be stopped and continued; its counts are what a server sees. */
class GatewayProcess {
  #program;
  url;

  static async start(folder, latencyMs) {
    const gateway = new GatewayProcess();
    const words = ['gateway', '--port', '0', '--json', '--latency', String(latencyMs)];
    gateway.#program = new Program(folder, words);
    await gateway.#program.until(() => gateway.#program.stdout.endsWith('}\n'), 20_000);
    gateway.url = JSON.parse(gateway.#program.stdout).url;
    return gateway;
  }

  async stats() {
    return (await fetch(new URL('/stats', this.url))).json();
  }

  /** Waits until it has admitted this many calls. */
  async until(calls) {
    while ((await this.stats()).calls < calls) await delay(200);
  }

  /** Stops it for this many seconds; the system buffers requests, which then all arrive at once. */
  async stall(seconds) {
    this.#program.signal('SIGSTOP');
    await delay(seconds * 1000);
    this.#program.signal('SIGCONT');
  }

  close() {
    this.#program.signal('SIGCONT');
    this.#program.kill();
    return this.#program.ended;
  }
}

/** A run that shares its key with the others of its case. @param models if promptgrid.yaml has their addresses */
function startRun({ folder, gateway, out, rows, models, inFlight }) {
  const address = ['--provider', 'custom', '--base-url', gateway.url, '--api-key-env', 'KEY', '-m', 'gpt-4o'];
  const asked = ['-t', '0', '--max-tokens', '16', ...(models === undefined ? address : ['-m', models])];
  const pace = ['--rpm', String(RPM), '--concurrency', String(inFlight), '--concurrency-mode', 'fixed'];
  const words = ['run', `rows-${rows}.csv`, '--out', out, '--no-cache', '--quiet', ...asked, ...pace];
  return new Program(folder, words, { variables: { KEY } });
}

/** Time until a slot gets its second call: from the first admitted call to the one after the limit. */
async function turnOf(gateway, happening) {
  const over = new AbortController();
  const end = () => over.abort();
  happening.then(end, end);
  let firstMs = null;
  while (!over.signal.aborted) {
    const { calls } = await gateway.stats();
    if (calls > 0) firstMs ??= performance.now();
    if (calls > RPM) return performance.now() - firstMs;
    await delay(100);
  }
  return null;
}

/** Settings of each case by name: requests per minute, latency of the server, and the scenario. */
const CASES = {
  stall: {
    latencyMs: 30,
    trials: 500,
    happens: async ({ run, gateway }) => {
      const program = run('one', 500);
      await gateway.until(100);
      await gateway.stall(15);
      return [await program.ended];
    },
  },
  resume: {
    latencyMs: 30,
    trials: 420,
    happens: async ({ run, gateway }) => {
      const program = run('one', 420);
      await gateway.until(100);
      const stalled = gateway.stall(30);
      await delay(15_000);
      program.kill();
      await program.ended;
      const resumed = run('one', 420);
      await stalled;
      return [await resumed.ended];
    },
  },
  'two-runs': {
    latencyMs: 30,
    trials: 600,
    happens: ({ run }) => Promise.all(['one', 'two'].map((name) => run(name, 300).ended)),
  },
  'two-addresses': {
    latencyMs: 30,
    trials: 600,
    happens: async ({ run, gateway, folder }) => {
      const other = gateway.url.replace('127.0.0.1', 'localhost');
      const addresses = { custom: gateway.url, openai: other };
      const lines = Object.entries(addresses).map(([name, url]) => `  ${name}: {baseUrl: ${url}, apiKeyEnv: KEY}`);
      await writeFile(join(folder, 'promptgrid.yaml'), `providers:\n${lines.join('\n')}\n`);
      return [await run('one', 300, 'custom/gpt-4o,openai/gpt-4o').ended];
    },
  },
  'latency-2': { latencyMs: 2000, trials: 400, happens: async ({ run }) => [await run('one', 400).ended] },
  'latency-20': { latencyMs: 20_000, trials: 400, happens: async ({ run }) => [await run('one', 400).ended] },
};

/** Names of the cases. */
export const SHARED_CASES = Object.keys(CASES);

/** Runs a case in its own folder. @returns figures, and whether the limit held */
export async function measureShared(parent, name) {
  const { latencyMs, trials, happens } = CASES[name];
  const folder = join(parent, name);
  await mkdir(folder);
  const gateway = await GatewayProcess.start(folder, latencyMs);
  try {
    for (const rows of new Set([300, trials])) await writeQuestions(join(folder, `rows-${rows}.csv`), rows);
    const run = (out, rows, models) =>
      startRun({ folder, gateway, out, rows, models, inFlight: latencyMs > 2000 ? 200 : 64 });
    const beganMs = performance.now();
    const happening = happens({ run, gateway, folder });
    const turnMs = await turnOf(gateway, happening);
    const ended = await happening;
    const { calls, served, maxPerWindow } = await gateway.stats();
    return {
      rpm: RPM,
      latencyMs,
      statuses: ended.map(({ status }) => status),
      calls,
      served,
      mostIn60s: maxPerWindow,
      perMinute: turnMs === null ? null : round((RPM * 60_000) / turnMs, 0),
      boundPerMinute: round((RPM * 60) / (COUNTED_S + latencyMs / 1000), 0),
      seconds: round((performance.now() - beganMs) / 1000, 0),
      stderr: ended.map(({ stderr }) => stderr).join(''),
    };
  } finally {
    await gateway.close();
  }
}
