import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/io/clock.ts';

it('the elapsed time is the same for all processes of a machine', () => {
  const module = new URL('../../dist/modules/io/clock.js', import.meta.url).href;
  const script = `const { systemClock } = await import('${module}'); process.stdout.write(String(systemClock.elapsedMs()));`;
  const beforeMs = systemClock.elapsedMs();
  const elsewhereMs = Number(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
  );
  expect(elsewhereMs).toBeGreaterThan(beforeMs);
  expect(elsewhereMs).toBeLessThan(systemClock.elapsedMs());
});

it('a sleep longer than a timer can hold lasts until it is ended', async () => {
  const ending = new AbortController();
  const sleeping = systemClock.sleep(1e12, ending.signal).then(() => 'over');
  expect(await Promise.race([sleeping, delay(50, 'sleeps')])).toBe('sleeps');
  ending.abort();
  expect(await sleeping).toBe('over');
});
