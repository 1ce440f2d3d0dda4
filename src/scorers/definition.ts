import { z } from 'zod';
import { UsageError } from '../core/errors.ts';
import type { JsonObject, JsonValue } from '../core/json.ts';
import type { AskingScorer, ExpectedUse, ScorerInput, UnnamedScore } from '../core/scorer.ts';

/** Scores one answer. Never throws on any text. */
export type ScoreAnswer = (input: ScorerInput) => UnnamedScore | Promise<UnnamedScore>;

/** What a scorer is made of, once its options are known. */
export interface ScorerParts {
  /** True where a row without an expected answer cannot be scored. */
  readonly needsExpected: boolean;
  /** What it makes of an expected answer; `any` where this is absent. */
  readonly expects?: ExpectedUse | undefined;
  /** What is wrong with an expected answer, in a few words; null where nothing is, which is so where this is absent. */
  readonly faultOf?: ((expected: string) => string | null) | undefined;
  readonly score: ScoreAnswer;
  /** Value from which on an answer passes where the user does not say; 1 where this is absent. */
  readonly threshold?: number | undefined;
  /** What it asks models for; absent where it asks none. */
  readonly asks?: AskingScorer | undefined;
}

/** A text with places for values. */
export interface TextTemplate {
  /** Names of the values that it names. */
  readonly variables: readonly string[];
  /** @throws PromptError where a value is missing or a filter fails */
  readonly render: (values: Readonly<Record<string, JsonValue>>) => string;
}

/** What scorers are made with. */
export interface ScorerTools {
  /** @param name how errors name the template. @throws PromptError where the text is no valid template */
  readonly template: (name: string, text: string) => TextTemplate;
  /** Columns of the row that no judge is shown, as the one with people's verdicts. */
  readonly hiddenColumns: readonly string[];
}

/** Texts as they are, where they are no templates. */
export const literalTemplate: ScorerTools['template'] = (_name, text) => ({ variables: [], render: () => text });

/** How errors name a scorer, and what it is made with. */
export interface ScorerContext extends ScorerTools {
  /** Such as `--score regex:(`. */
  readonly label: string;
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
  /** True where it asks a model, which its option `model` names or the run's judge model is. */
  readonly asksModel?: boolean | undefined;
  /** True where its explanations are worth a column of their own. */
  readonly explains?: boolean | undefined;
  /**
   * @param options the options given
   * @throws UsageError where it cannot be used
   */
  readonly create: (options: JsonObject, context: ScorerContext) => Promise<ScorerParts>;
}

interface DefinitionInput<Shape extends z.ZodRawShape> extends Omit<ScorerDefinition, 'options' | 'create'> {
  readonly options: Shape;
  readonly create: (
    options: z.infer<z.ZodObject<Shape, z.core.$strict>>,
    context: ScorerContext,
  ) => ScorerParts | Promise<ScorerParts>;
}

/** A scorer whose options are checked by their shape before it is made. */
export function defineScorer<Shape extends z.ZodRawShape>(input: DefinitionInput<Shape>): ScorerDefinition {
  const schema = z.strictObject(input.options);
  return {
    ...input,
    async create(options, context) {
      const checked = schema.safeParse(options);
      if (checked.success) return input.create(checked.data, context);
      const [issue] = checked.error.issues;
      const key = issue?.path.join('.') ?? '';
      throw new UsageError(`${context.label}: ${key === '' ? '' : `${key}: `}${issue?.message ?? 'cannot be used'}`, {
        hint: describeOptions(input),
      });
    },
  };
}

/** A scorer's options in words. */
function describeOptions({ name, options }: Pick<ScorerDefinition, 'name' | 'options'>): string {
  const names = Object.keys(options);
  return names.length === 0 ? `${name} has no options` : `options of ${name}: ${names.join(', ')}`;
}

/** The answer is right, or wrong. @param explanation why it is wrong */
export function verdict(isRight: boolean, explanation: string | null = null): UnnamedScore {
  if (isRight) return RIGHT;
  return explanation === null ? WRONG : { value: 0, explanation };
}

const RIGHT: UnnamedScore = { value: 1, explanation: null };
const WRONG: UnnamedScore = { value: 0, explanation: null };

/** The answer cannot be scored. @param explanation why; few different ones, for the summary counts them */
export function unscored(explanation: string): UnnamedScore {
  return { value: null, explanation };
}

/** What a row without an expected answer is scored. */
export const NOTHING_EXPECTED: UnnamedScore = unscored('the row has no expected answer');
