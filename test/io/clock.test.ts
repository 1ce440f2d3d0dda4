import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/io/clock.ts';

it('the time that has elapsed is the same for all processes of a machine', () => {
  const module = new URL('../../dist/io/clock.js', import.meta.url).href;
  const script = `const { systemClock } = await import('${module}'); process.stdout.write(String(systemClock.elapsedMs()));`;
  const beforeMs = systemClock.elapsedMs();
  const elsewhereMs = Number(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
  );
  expect(elsewhereMs).toBeGreaterThan(beforeMs);
  expect(elsewhereMs).toBeLessThan(systemClock.elapsedMs());
});
