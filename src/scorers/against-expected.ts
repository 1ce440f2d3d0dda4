import { UsageError } from '../core/errors.ts';
import type { ScorerDefinition } from './definition.ts';

interface Comparison {
  readonly name: string;
  readonly title: string;
  /** Whether the answer passes. */
  readonly passes: (output: string, expected: string) => boolean;
}

/** A scorer without an argument that holds each answer against the row's expected one. */
export function againstExpected({ name, title, passes }: Comparison): ScorerDefinition {
  return {
    name,
    title,
    create(argument) {
      if (argument !== null)
        throw new UsageError(`--score ${name} takes no argument`, { hint: `write --score ${name}` });
      return {
        name,
        needsExpected: true,
        score({ output, expected }) {
          if (expected === null) return { name, value: null, explanation: 'the row has no expected answer' };
          return { name, value: passes(output, expected) ? 1 : 0, explanation: null };
        },
      };
    },
  };
}
