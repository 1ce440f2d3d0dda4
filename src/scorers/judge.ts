import { UsageError } from '../core/errors.ts';
import { type JsonObject, textOf, textOr } from '../core/json.ts';
import type { ScorerInput, UnnamedScore } from '../core/scorer.ts';
import {
  defineScorer,
  type ScorerContext,
  type ScorerParts,
  type TextTemplate,
  unscored,
  type Zod,
} from './definition.ts';
import { asksOf, DEFAULT_THRESHOLD, judgeOptions, judgeRequest } from './judge-options.ts';
import {
  describeScale,
  inputText,
  judgeMessages,
  rendered,
  renderSections,
  scoreInstruction,
  taskSections,
} from './judge-prompt.ts';
import { judgedScore } from './judged-score.ts';
import { isRange, type Scale } from './verdict.ts';

/** Default rubric. */
const DEFAULT_RUBRIC =
  'The answer does what the input asks for, correctly and completely. Where there is a reference, the answer means the ' +
  'same as the reference, in whatever words.';

/** An answer with the verdict that it should get. */
interface Example {
  readonly input?: string | undefined;
  readonly expected?: string | undefined;
  readonly output: string;
  readonly score: number | string;
  readonly reason?: string | undefined;
}

/** Options of a judge of one answer, in addition to those of every judge. */
function answerOptions(z: Zod) {
  const example = z.strictObject({
    input: z.string().optional().describe('what was asked'),
    expected: z.string().optional().describe('the reference'),
    output: z.string().describe('an answer'),
    score: z.union([z.number(), z.string()]).describe('its score, on the scale'),
    reason: z.string().optional().describe('why'),
  });
  return {
    rubric: z.string().min(1).optional().describe('what to judge by; a Liquid template with the columns of the row'),
    template: z
      .string()
      .min(1)
      .optional()
      .describe('the whole question to the judge instead of ours: Liquid, with rubric, input, expected, output'),
    scale: z
      .union([z.tuple([z.number(), z.number()]), z.record(z.string().min(1), z.number().min(0).max(1))])
      .optional()
      .describe(
        'least and most that the judge may give, such as [1, 5]; or grades with their scores, such as {C: 1, I: 0}',
      ),
    examples: z.array(example).min(1).optional().describe('answers with the verdicts that they should get'),
    ...judgeOptions(z),
  };
}

/** A model's score of the answer, by a rubric. */
export const judge = defineScorer({
  name: 'judge',
  title: 'what a model says of the answer by your rubric: judge:<rubric>',
  argument: 'rubric',
  options: answerOptions,
  withoutOptions: {},
  asksModel: true,
  threshold: DEFAULT_THRESHOLD,
  explains: true,
  create(options, context): ScorerParts {
    const scale = readScale(options.scale, context);
    const question = questionOf(options, context);
    const examples = (options.examples ?? []).map((example) => shownExample(question, example, { scale, context }));
    const [request, instruction] = [judgeRequest(options, context.label), scoreInstruction(scale)];
    const judgeAnswer = async (input: ScorerInput): Promise<UnnamedScore> => {
      const text = rendered(() => question.render(valuesOf(input, context.hiddenColumns)));
      if ('fault' in text) return unscored(text.fault);
      const messages = judgeMessages(instruction, examples, text.text);
      return judgedScore(input.ask, { ...request, messages }, scale);
    };
    const asks = asksOf(request, question.variables);
    return { needsExpected: false, score: judgeAnswer, asks };
  },
});

function readScale(scale: Scale | undefined, { label }: ScorerContext): Scale {
  if (scale === undefined) return [0, 1];
  if (!isRange(scale)) {
    if (Object.keys(scale).length > 1) return scale;
    throw new UsageError(`${label}: a scale of grades needs two at least`, {
      hint: 'write it like {C: 1, P: 0.5, I: 0}',
    });
  }
  const [least, most] = scale;
  if (least < most) return [least, most];
  throw new UsageError(`${label}: the scale from ${least} to ${most} has no width`, { hint: 'write it like [1, 5]' });
}

/** Values for a judge's prompt: columns of the row, plus `input`, `expected` and `output`. */
type Values = JsonObject;

const OWN_VALUES = ['rubric', 'input', 'expected', 'output'];

interface Question {
  /** Columns that its templates name. */
  readonly variables: readonly string[];
  readonly render: (values: Values) => string;
}

function questionOf(
  {
    rubric = DEFAULT_RUBRIC,
    template,
  }: { readonly rubric?: string | undefined; readonly template?: string | undefined },
  context: ScorerContext,
): Question {
  const rubricTemplate = context.template(context.label, rubric);
  const whole = template === undefined ? null : context.template(context.label, template);
  const named = [...rubricTemplate.variables, ...(whole?.variables ?? [])];
  return {
    variables: named.filter((name) => !OWN_VALUES.includes(name)),
    render: (values) => renderQuestion(rubricTemplate.render(values), whole, values),
  };
}

function renderQuestion(rubric: string, whole: TextTemplate | null, values: Values): string {
  if (whole !== null) return whole.render({ ...values, rubric });
  const { input, expected, output } = values;
  return renderSections([
    { name: 'rubric', text: rubric },
    ...taskSections(textOf(input), textOf(expected)),
    { name: 'answer', text: textOr(output, '') },
  ]);
}

function valuesOf({ row, output, expected }: ScorerInput, hidden: readonly string[]): Values {
  return { ...row.vars, input: inputText(row, hidden), expected, output };
}

interface ExampleContext {
  readonly scale: Scale;
  readonly context: ScorerContext;
}

function shownExample(
  question: Question,
  { input, expected, output, score, reason }: Example,
  { scale, context: { label } }: ExampleContext,
): { readonly question: string; readonly verdict: JsonObject } {
  if (!isOnScale(score, scale)) {
    throw new UsageError(`${label}: an example has the score ${score}, which is not ${describeScale(scale)}`, {
      hint: 'give it a score on the scale',
    });
  }
  const text = rendered(() => question.render({ input: input ?? null, expected: expected ?? null, output }));
  if (!('fault' in text)) return { question: text.text, verdict: reason === undefined ? { score } : { reason, score } };
  throw new UsageError(`${label}: an example cannot be shown: ${text.fault}`, {
    hint: 'with examples, rubric and template may name input, expected and output, and no columns',
  });
}

function isOnScale(score: number | string, scale: Scale): boolean {
  if (!isRange(scale)) return Object.hasOwn(scale, String(score));
  return typeof score === 'number' && score >= scale[0] && score <= scale[1];
}
