import type { RunControl } from '../app/control.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The first signal lets calls in flight finish and files be written; the second ends everything now. They are never
 * given back: a signal that comes while the process ends must not change the status that it ends with.
 */
export function onSignals(control: RunControl, stderr: NodeJS.WriteStream): void {
  const onSignal = (): void => {
    if (control.draining.aborted) {
      control.kill();
      return;
    }
    control.stop({ kind: 'interrupted' });
    stderr.write('\nending: no new calls, those in flight are kept; once more ends at once\n');
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
}
