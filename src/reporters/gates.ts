import type { Colors } from 'picocolors/types.js';
import type { Gate } from '../core/gate.ts';
import { oneLine } from '../core/plain-text.ts';

/**
 * Results of gates, one line each: `gate min exact=0.9: failed: …`. The texts may contain row ids.
 * @param colors picocolors, or its colourless form
 */
export function renderGates(gates: readonly Gate[], colors: Colors): readonly string[] {
  return gates.map(({ name, passed, why }) => {
    return `gate ${oneLine(name)}: ${passed ? colors.green('passed') : colors.red('failed')}: ${oneLine(why)}`;
  });
}
