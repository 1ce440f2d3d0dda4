import type { JsonValue } from '../core/json.ts';
import type { ScorerInput, UnnamedScore } from '../core/scorer.ts';
import { defineScorer, type ScorerParts, unscored } from './definition.ts';
import { expectedScore } from './expected-score.ts';
import { asksOf, DEFAULT_THRESHOLD, judgeOptions, judgeRequest } from './judge-options.ts';
import {
  DATA_RULE,
  inputText,
  judgeMessages,
  rendered,
  renderSections,
  type Section,
  scoreReply,
  taskSections,
} from './judge-prompt.ts';
import { askForVerdict, type Read, readScore, readSteps } from './verdict.ts';

/** The least and the most that it may give. */
const SCALE = [1, 10] as const;

/** Asks for the alternatives to each token, the most that OpenAI's API returns. */
const LOGPROBS = { logprobs: true, top_logprobs: 20 } as const;

const LEAST_STEPS = { leastReply: '{"steps":["."]}' } as const;

/** Instructions for the one that plans the evaluation. */
const STEPS_INSTRUCTION =
  'You plan how an answer to a task is evaluated by criteria. ' +
  DATA_RULE +
  'Write three to six short steps that a judge can follow one after the other with any answer. They look at what ' +
  'the criteria name, and at nothing else. ' +
  'Reply with one JSON object and nothing else: {"steps": ["<step>", "<step>", …]}, in the language of the criteria.';

/** Instructions for the one that follows the steps. */
const SCORE_INSTRUCTION =
  'You judge an answer by criteria and by nothing else, and follow the steps given. ' +
  DATA_RULE +
  'Where a reference is given, it is right. 1 means that the answer does not meet the criteria at all, 10 that it ' +
  `meets them fully; give a whole number. ${scoreReply(SCALE, 'criteria')}`;

/**
 * A score from 1 to 10 by criteria, from which a model first makes evaluation steps (Y. Liu et al., G-Eval: NLG
 * Evaluation using GPT-4 with Better Human Alignment, EMNLP 2023).
 */
export const gEval = defineScorer({
  name: 'g-eval',
  title: 'what a model gives from 1 to 10 by steps that it makes from your criteria: g-eval:<criteria>',
  argument: 'criteria',
  options: (z) => ({
    criteria: z.string().min(1).describe('what to judge by; a Liquid template with the columns of the row'),
    steps: z.array(z.string().min(1)).min(1).optional().describe('the steps, instead of asking a model for them'),
    logprobs: z
      .boolean()
      .optional()
      .describe('weight the scores that the judge might have given by their probabilities; default false'),
    ...judgeOptions(z),
  }),
  asksModel: true,
  threshold: DEFAULT_THRESHOLD,
  explains: true,
  create({ criteria, steps, logprobs = false, ...options }, { label, hiddenColumns, template }): ScorerParts {
    const { variables, render } = template(label, criteria);
    const request = judgeRequest(options, label);
    const scoring = logprobs ? { ...request, params: { ...LOGPROBS, ...request.params } } : request;
    const stepsFor = (text: string, { ask }: ScorerInput): Promise<Read<readonly string[]>> => {
      if (steps !== undefined) return Promise.resolve({ verdict: steps });
      const messages = judgeMessages(STEPS_INSTRUCTION, [], renderSections([{ name: 'criteria', text }]));
      return askForVerdict(ask, { ...request, messages, shared: LEAST_STEPS }, readSteps);
    };
    const evaluate = async (input: ScorerInput): Promise<UnnamedScore> => {
      const { row, expected, output, ask } = input;
      const shown = inputText(row, hiddenColumns);
      const text = rendered(() => render({ ...row.vars, input: shown, expected }));
      if ('fault' in text) return unscored(text.fault);
      const made = await stepsFor(text.text, input);
      if ('fault' in made) return unscored(`there are no evaluation steps: ${made.fault}`);
      const sections: readonly Section[] = [
        { name: 'criteria', text: text.text },
        { name: 'steps', text: made.verdict.map((step, place) => `${place + 1}. ${step}`).join('\n') },
        ...taskSections(shown, expected),
        { name: 'answer', text: output },
      ];
      const messages = judgeMessages(SCORE_INSTRUCTION, [], renderSections(sections));
      const read = await askForVerdict(ask, { ...scoring, messages }, readWeighted);
      return 'fault' in read ? unscored(read.fault) : { value: read.verdict.value, explanation: read.verdict.reason };
    };
    const own = ['input', 'expected'];
    const asks = asksOf(
      scoring,
      variables.filter((name) => !own.includes(name)),
    );
    return { needsExpected: false, score: evaluate, asks };
  },
});

/** The verdict, weighted where the tokens allow it. */
function readWeighted(output: string, logprobs: JsonValue | undefined): ReturnType<typeof readScore> {
  const read = readScore(output, SCALE);
  if ('fault' in read || logprobs === undefined) return read;
  const [least, most] = SCALE;
  const { value, reason } = read.verdict;
  const mean = expectedScore(logprobs, value * (most - least) + least, SCALE);
  return mean === null ? read : { verdict: { value: (mean - least) / (most - least), reason } };
}
