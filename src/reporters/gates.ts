import type { Colors } from 'picocolors/types.js';
import type { Gate } from '../core/gate.ts';

/** What became of gates, a line each: `gate min exact=0.9: failed: …`. @param colors picocolors, or its colourless form */
export function renderGates(gates: readonly Gate[], colors: Colors): readonly string[] {
  return gates.map(({ name, passed, why }) => {
    return `gate ${name}: ${passed ? colors.green('passed') : colors.red('failed')}: ${why}`;
  });
}
