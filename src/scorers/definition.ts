import { z } from 'zod';
import { UsageError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { Judgement, ScorerInput } from '../core/scorer.ts';

/** Judges one answer. Never throws on any text. */
export type Judge = (input: ScorerInput) => Judgement | Promise<Judgement>;

/** What a scorer is made of, once its options are known. */
export interface ScorerParts {
  /** True where a row without an expected answer cannot be judged. */
  readonly needsExpected: boolean;
  readonly judge: Judge;
}

/** A kind of scorer, as `--score` names it: `name` or `name:argument`. */
export interface ScorerDefinition {
  readonly name: string;
  /** When the score is 1, or what it is; one line for people. */
  readonly title: string;
  /** The option that an argument behind the colon is taken for; null where there is none. */
  readonly argument: string | null;
  /** Its options in promptgrid.yaml, each with a description. */
  readonly options: z.ZodRawShape;
  /** What its scores are called where the user does not say; its own name where this is absent. */
  readonly defaultName?: ((options: JsonObject) => string) | undefined;
  /**
   * @param options the options given
   * @param label how errors name the scorer, such as `--score regex:(`
   * @throws UsageError where it cannot be used
   */
  readonly create: (options: JsonObject, label: string) => Promise<ScorerParts>;
}

interface DefinitionInput<Shape extends z.ZodRawShape> extends Omit<ScorerDefinition, 'options' | 'create'> {
  readonly options: Shape;
  readonly create: (
    options: z.infer<z.ZodObject<Shape, z.core.$strict>>,
    label: string,
  ) => ScorerParts | Promise<ScorerParts>;
}

/** A scorer whose options are checked by their shape before it is made. */
export function defineScorer<Shape extends z.ZodRawShape>(input: DefinitionInput<Shape>): ScorerDefinition {
  const schema = z.strictObject(input.options);
  return {
    ...input,
    async create(options, label) {
      const checked = schema.safeParse(options);
      if (checked.success) return input.create(checked.data, label);
      const [issue] = checked.error.issues;
      const key = issue?.path.join('.') ?? '';
      throw new UsageError(`${label}: ${key === '' ? '' : `${key}: `}${issue?.message ?? 'cannot be used'}`, {
        hint: describeOptions(input),
      });
    },
  };
}

/** A scorer's options in words. */
export function describeOptions({ name, options }: Pick<ScorerDefinition, 'name' | 'options'>): string {
  const names = Object.keys(options);
  return names.length === 0 ? `${name} has no options` : `options of ${name}: ${names.join(', ')}`;
}

/** The answer is right, or wrong. @param explanation why it is wrong */
export function verdict(isRight: boolean, explanation: string | null = null): Judgement {
  if (isRight) return RIGHT;
  return explanation === null ? WRONG : { value: 0, explanation };
}

const RIGHT: Judgement = { value: 1, explanation: null };
const WRONG: Judgement = { value: 0, explanation: null };

/** The answer cannot be judged. @param explanation why; few different ones, for the summary counts them */
export function unjudged(explanation: string): Judgement {
  return { value: null, explanation };
}

/** What a row without an expected answer is judged. */
export const NOTHING_EXPECTED: Judgement = unjudged('the row has no expected answer');
