import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';

const DRIVER = fileURLToPath(new URL('../support/answer-terminal.py', import.meta.url));
const PROGRESS = new URL('../../dist/modules/reporters/progress.js', import.meta.url).href;
const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0;

/**
 * Starts progress on its own terminal, lets a pause begin and its clock advance by a second per check, and ends after
 * two.
 */
const SCRIPT = `
import { createProgress } from ${JSON.stringify(PROGRESS)};
const { stderr } = process;
const write = stderr.write.bind(stderr);
let nowMs = 0;
const progress = createProgress({ stream: stderr, isQuiet: false, elapsedMs: () => nowMs });
stderr.write = (text, ...more) => {
  if (String(text).includes('waiting 27 s')) nowMs = 2000;
  if (String(text).includes('waiting 26 s')) setImmediate(() => progress.stop());
  return write(text, ...more);
};
progress.start(400, 120);
progress.pause({ untilMs: 28_000, reason: 'rate limit (429)' });
nowMs = 1000;
setTimeout(() => process.exit(3), 30_000).unref();
const alive = setInterval(() => undefined, 1000);
const stop = progress.stop.bind(progress);
progress.stop = () => { stop(); clearInterval(alive); };
`;

describe.skipIf(!HAS_PYTHON)('progress on a real terminal (needs python3)', () => {
  it('counts a pause down on one line', () => {
    const words = [DRIVER, '', process.execPath, '--input-type=module', '-e', SCRIPT];
    const { status, stdout } = spawnSync('python3', words, {
      encoding: 'utf8',
      env: { ...process.env, TERM: 'xterm' },
    });
    const shown = stripVTControlCharacters(stdout);
    expect(shown).toMatch(
      /[█░]+ 120\/400 · waiting 27 s: rate limit \(429\) · 0 tokens · – · 0 errored · over 27 s left/,
    );
    expect(shown).toMatch(/ · waiting 26 s: rate limit \(429\) · /);
    expect(shown).not.toContain('\n');
    expect(status).toBe(0);
  });
});
