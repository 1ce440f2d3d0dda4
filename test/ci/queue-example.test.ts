import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { closedPort } from '../support/http-server.ts';
import { it } from '../support/in-process.ts';
import { HAS_REDIS, redisServer } from '../support/redis.ts';
import { readYaml } from './pipeline.ts';

const PATH = 'examples/queue/compose.yaml';
const PASSWORD = 'secret7';
const WORKER_ENV = { GPTUNNEL_API_KEY: 'worker-key' };

interface Service {
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
}

interface Compose {
  readonly services: {
    readonly redis: Service;
    readonly worker: Service & { readonly deploy: { readonly replicas: number } };
  };
  readonly volumes: Readonly<Record<string, null>>;
}

const { services, volumes }: Compose = readYaml(PATH);
const text = readFileSync(fileURLToPath(new URL(`../../${PATH}`, import.meta.url)), 'utf8');

/** With the values that `.env` has. */
function filled(template: string): string {
  return template.replaceAll(/\$\{REDIS_PASSWORD(?::\?[^}]*)?\}|\$REDIS_PASSWORD/g, PASSWORD);
}

/** The words of a line of a shell, of which double quotes keep some together. */
function words(line: string): readonly string[] {
  return [...filled(line).matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

/** What follows the program's name. */
function wordsOf(line: string, program: string): readonly string[] {
  const [name, ...rest] = words(line);
  expect(name).toBe(program);
  return rest;
}

const planner = /^# +(promptgrid run .*)$/m.exec(text)?.[1] ?? '';

/** The address that the file names, with the port of a server of this test. */
function at(address: string, port: number): string {
  return filled(address).replace(/@[\w.]+:6379$/, `@127.0.0.1:${port}`);
}

async function rows(desk: Desk): Promise<void> {
  await desk.write('rows.csv', 'id,question\n1,one\n2,two\n3,three\n4,four\n5,five\n');
}

describe('examples/queue/compose.yaml', () => {
  it('keeps what Redis has in a volume, and has three workers', () => {
    expect(services.worker.deploy.replicas).toBe(3);
    for (const { volumes: mounted } of Object.values(services)) {
      for (const mount of mounted) expect(Object.keys(volumes)).toContain(mount.split(':')[0]);
    }
  });

  it('has a command of the run that is understood', async ({ desk }) => {
    await rows(desk);
    const { stdout } = await desk.pass([...wordsOf(planner, 'promptgrid'), '--dry-run']);
    expect(stdout).toContain('one');
  });

  it('has a command of the workers that is understood', async ({ desk }) => {
    const queue = at(services.worker.environment['PROMPTGRID_QUEUE'] ?? '', await closedPort());
    const env = { ...WORKER_ENV, PROMPTGRID_QUEUE: queue };
    const { status, stderr } = await desk.run(wordsOf(services.worker.command, 'promptgrid'), { env });
    expect(stderr).toContain('Redis cannot be reached');
    expect(stderr).not.toContain(PASSWORD);
    expect(status).toBe(2);
  });
});

describe.skipIf(!HAS_REDIS)(
  'examples/queue/compose.yaml, carried out (needs redis-server)',
  { timeout: 60_000 },
  () => {
    it('starts a Redis that keeps what it is given, and runs a grid by its workers', async ({
      desk,
      onTestFinished,
    }) => {
      const config = wordsOf(services.redis.command, 'redis-server');
      expect(config.join(' ')).toContain('--appendonly yes');
      const redis = await redisServer({ onTestFinished }, { password: PASSWORD, config });
      const gateway = await desk.gateway();
      await rows(desk);
      const queue = at(services.worker.environment['PROMPTGRID_QUEUE'] ?? '', redis.port);
      const env = { ...WORKER_ENV, PROMPTGRID_QUEUE: queue };
      const worker = desk.start(wordsOf(services.worker.command, 'promptgrid'), { env });
      await worker.until(() => worker.stderr.includes(' takes calls from '));
      const run = wordsOf(planner, 'promptgrid').map((word) => at(word, redis.port));
      const { stdout } = await desk.pass([...run, '--base-url', gateway.url, '--no-cache']);
      expect(stdout).toContain('5 completed');
      expect(gateway.stats().served).toBe(5);
    });
  },
);
