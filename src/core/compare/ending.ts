import type { Comparison, ScorePair } from '../comparison.ts';

/** How a comparison ends, as its exit status does; `ungated` if it regressed and no gate checks that. */
type Ending = 'unsound' | 'failed' | 'ungated' | 'passed';

/** What an ending depends on. */
type Ended = Pick<Comparison, 'unsound' | 'gates' | 'verdict'>;

/** How a comparison ends. */
export function endingOf({ unsound, gates, verdict }: Ended): Ending {
  if (unsound.length > 0) return 'unsound';
  if (gates.some(({ passed }) => !passed)) return 'failed';
  return verdict === 'regressed' ? 'ungated' : 'passed';
}

/** True if nothing but the regression itself makes the comparison fail. */
export function failsByVerdict({ verdict, gates }: Ended): boolean {
  return verdict === 'regressed' && gates.every(({ name, passed }) => passed || isVerdictGate(name));
}

/** True if every answer of a pair has the same text and the same score on both sides. */
export function isSame({ test }: Pick<ScorePair, 'test'>): boolean {
  return test === 'same answers';
}

/** True if every answer of a comparison has. */
export function isAllSame({ verdict, pairs }: Pick<Comparison, 'verdict' | 'pairs'>): boolean {
  return verdict === 'unchanged' && pairs.every(isSame);
}

/** True for a gate on the verdict, and false for one on figures of their own. */
export function isVerdictGate(name: string): boolean {
  return name.startsWith('fail-on ');
}

/** Names of the gates that failed, each once. */
export function failedGates(gates: Comparison['gates']): readonly string[] {
  return [...new Set(gates.filter(({ passed }) => !passed).map(({ name }) => name))];
}
