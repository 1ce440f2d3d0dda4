import type { z } from 'zod';
import { UsageError } from '../core/errors.ts';
import type { JsonObject, JsonValue } from '../core/json.ts';
import type { AskedRequest, AskingScorer, ExpectedUse, Scorer, ScorerInput, UnnamedScore } from '../core/scorer.ts';
import type { OPTION_TYPES } from './option-types.ts';

/** Scores one answer. Never throws on any text. */
export type ScoreAnswer = (input: ScorerInput) => UnnamedScore | Promise<UnnamedScore>;

/** A scorer built from its options. */
export interface ScorerParts {
  /** True if a row without an expected answer cannot be scored. */
  readonly needsExpected: boolean;
  /** How it interprets an expected answer; `any` if absent. */
  readonly expects?: ExpectedUse | undefined;
  /** A short description of what is wrong with an expected answer; null if nothing is, and if this is absent. */
  readonly faultOf?: ((expected: string) => string | null) | undefined;
  readonly score: ScoreAnswer;
  /** The requests it sends to models; absent if it sends none. */
  readonly asks?: AskingScorer | undefined;
  /** The files by which it scores, as in `Scorer`. */
  readonly sources?: Scorer['sources'];
  /** Number of answers that it may be asked about at once, as in `Scorer`. */
  readonly atOnce?: Scorer['atOnce'];
  /** Ends what it has started, as in `Scorer`. */
  readonly close?: Scorer['close'];
}

/** A text with placeholders. */
export interface TextTemplate {
  /** Names of its placeholders. */
  readonly variables: readonly string[];
  /** @throws PromptError if a value is missing or a filter fails */
  readonly render: (values: Readonly<Record<string, JsonValue>>) => string;
}

/** Context for building scorers. */
export interface ScorerTools {
  /** @param name the template's name in errors. @throws PromptError if the text is not a valid template */
  readonly template: (name: string, text: string) => TextTemplate;
  /** Columns of the row that judges never see, such as the one with human verdicts. */
  readonly hiddenColumns: readonly string[];
  /** Receives what code of the user prints; absent shows it to nobody. */
  readonly onWarning?: ((text: string) => void) | undefined;
}

/** Verbatim texts, if they are not templates. */
export const literalTemplate: ScorerTools['template'] = (_name, text) => ({ variables: [], render: () => text });

/** A scorer's name in errors, and the context it is built with. */
export interface ScorerContext extends ScorerTools {
  /** Such as `--score regex:(`. */
  readonly label: string;
}

/** What describes options. It is given to what needs it, since loading it takes a tenth of a one-row run. */
export type Zod = typeof OPTION_TYPES;

/** A kind of scorer, as `--score` names it: `name` or `name:argument`. */
export interface ScorerDefinition {
  readonly name: string;
  /** When the score is 1, or what it measures; one line for people. */
  readonly title: string;
  /** The option set by an argument after the colon; null if there is none. */
  readonly argument: string | null;
  /** Its options in promptgrid.yaml, each with a description. */
  readonly options: (zod: Zod) => z.ZodRawShape;
  /** Default name of its scores; its own name if absent. */
  readonly defaultName?: ((options: JsonObject) => string) | undefined;
  /** True if it sends requests to a model: the one in its option `model`, or the run's judge model. */
  readonly asksModel?: boolean | undefined;
  /** Set if those requests are for embeddings, of the run's embedding model. */
  readonly task?: AskedRequest['task'];
  /** Default minimum value at which an answer passes; 1 if absent. */
  readonly threshold?: number | undefined;
  /** True if its explanations get a column of their own. */
  readonly explains?: boolean | undefined;
  /**
   * @param options the given options
   * @throws UsageError if it cannot be used
   */
  readonly create: (options: JsonObject, context: ScorerContext) => Promise<ScorerParts>;
}

type OptionsOf<Shape extends z.ZodRawShape> = z.infer<z.ZodObject<Shape, z.core.$strict>>;

interface DefinitionInput<Shape extends z.ZodRawShape> extends Omit<ScorerDefinition, 'options' | 'create'> {
  readonly options: (zod: Zod) => Shape;
  /** The options if none are given, which are not checked; absent if one is required. */
  readonly withoutOptions?: NoInfer<OptionsOf<Shape>>;
  readonly create: (options: OptionsOf<Shape>, context: ScorerContext) => ScorerParts | Promise<ScorerParts>;
}

/** A scorer whose options are validated by their schema before it is built. */
export function defineScorer<Shape extends z.ZodRawShape>(input: DefinitionInput<Shape>): ScorerDefinition {
  const { withoutOptions, ...definition } = input;
  // Made once: rows may ask for scorers of their own.
  let schema: z.ZodObject<Shape, z.core.$strict> | undefined;
  return {
    ...definition,
    async create(options, context) {
      if (withoutOptions !== undefined && Object.keys(options).length === 0)
        return input.create(withoutOptions, context);
      const { OPTION_TYPES: types } = await import('./option-types.ts');
      schema ??= types.strictObject(input.options(types));
      const checked = schema.safeParse(options);
      if (checked.success) return input.create(checked.data, context);
      const [issue] = checked.error.issues;
      const key = issue?.path.join('.') ?? '';
      throw new UsageError(`${context.label}: ${key === '' ? '' : `${key}: `}${issue?.message ?? 'cannot be used'}`, {
        hint: describeOptions(input.name, Object.keys(schema.shape)),
      });
    },
  };
}

/** A scorer's options in words. */
function describeOptions(name: string, names: readonly string[]): string {
  return names.length === 0 ? `${name} has no options` : `options of ${name}: ${names.join(', ')}`;
}

/** The answer is right or wrong. @param explanation why it is wrong */
export function verdict(isRight: boolean, explanation: string | null = null): UnnamedScore {
  if (isRight) return RIGHT;
  return explanation === null ? WRONG : { value: 0, explanation };
}

const RIGHT: UnnamedScore = { value: 1, explanation: null };
const WRONG: UnnamedScore = { value: 0, explanation: null };

/** The answer cannot be scored. @param explanation why; only a few different ones, because the summary counts them */
export function unscored(explanation: string): UnnamedScore {
  return { value: null, explanation };
}

/** The score of a row without an expected answer. */
export const NOTHING_EXPECTED: UnnamedScore = unscored('the row has no expected answer');
