import { UsageError } from '../core/errors.ts';
import type { Scorer } from '../core/scorer.ts';
import { didYouMean } from '../io/nearest.ts';
import { contains } from './contains.ts';
import type { ScorerDefinition } from './definition.ts';
import { exact } from './exact.ts';

/** Every scorer; a new one is one file and one line here. */
export const scorers: readonly ScorerDefinition[] = [exact, contains];

/** Makes a scorer from its spec: `name` or `name:argument`. @throws UsageError that names the nearest scorer */
export function createScorer(spec: string): Scorer {
  const at = spec.indexOf(':');
  const name = at === -1 ? spec : spec.slice(0, at);
  const definition = scorers.find((scorer) => scorer.name === name);
  if (definition !== undefined) return definition.create(at === -1 ? null : spec.slice(at + 1));
  const known = scorers.map((scorer) => scorer.name);
  throw new UsageError(`unknown scorer "${name}"`, {
    hint: `use one of: ${known.join(', ')}${didYouMean(name, known)}`,
  });
}
