import type { Scorer } from '../core/scorer.ts';

/** A kind of scorer, as `--score` names it: `name` or `name:argument`. */
export interface ScorerDefinition {
  readonly name: string;
  /** One line for people, with what the argument is. */
  readonly title: string;
  /** @param argument what follows the colon; null where there is none. @throws UsageError where it cannot be used */
  readonly create: (argument: string | null) => Scorer;
}
