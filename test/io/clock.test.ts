import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { beganMs, systemClock } from '../../src/io/clock.ts';

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

it('where one clock began on another is known although the process was halted between readings', () => {
  let readings = 0;
  const bootMs = (): number => {
    readings += 1;
    const now = performance.now();
    const untilMs = now + (readings <= 6 ? 20 : 0);
    while (performance.now() < untilMs);
    return now + 5000;
  };
  expect(beganMs(bootMs)).toBeCloseTo(5000, 0);
});
