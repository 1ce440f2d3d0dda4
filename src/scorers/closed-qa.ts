import type { ScorerInput, UnnamedScore } from '../core/scorer.ts';
import { defineScorer, type ScorerParts, unscored } from './definition.ts';
import { asksOf, DEFAULT_THRESHOLD, judgeOptions, judgeRequest } from './judge-options.ts';
import {
  DATA_RULE,
  inputText,
  judgeMessages,
  rendered,
  renderSections,
  scoreReply,
  taskSections,
} from './judge-prompt.ts';
import { judgedScore } from './judged-score.ts';

const GRADES = { Y: 1, N: 0 } as const;

/** Instructions for a judge of one criterion. */
const INSTRUCTION =
  'You decide whether an answer meets a criterion, and nothing else. ' +
  DATA_RULE +
  'Go by the input, the answer and the criterion alone: what the criterion does not ask for does not count. ' +
  'Y means that the answer meets the criterion, N that it does not or does so in part. ' +
  scoreReply(GRADES, 'criterion');

/** Whether an answer meets a criterion, by question and answer alone. */
export const closedQa = defineScorer({
  name: 'closed-qa',
  title: 'a model finds that the answer meets a criterion, without seeing the expected one: closed-qa:<criterion>',
  argument: 'criterion',
  options: (z) => ({
    criterion: z.string().min(1).describe('what the answer must do; a Liquid template with the columns of the row'),
    ...judgeOptions(z),
  }),
  asksModel: true,
  threshold: DEFAULT_THRESHOLD,
  explains: true,
  create({ criterion, ...options }, { label, hiddenColumns, template }): ScorerParts {
    const { variables, render } = template(label, criterion);
    const request = judgeRequest(options, label);
    const decide = ({ row, output, ask }: ScorerInput): Promise<UnnamedScore> => {
      const input = inputText(row, hiddenColumns);
      const text = rendered(() => render({ ...row.vars, input }));
      if ('fault' in text) return Promise.resolve(unscored(text.fault));
      const sections = [{ name: 'criterion', text: text.text }, ...taskSections(input, null)];
      const messages = judgeMessages(INSTRUCTION, [], renderSections([...sections, { name: 'answer', text: output }]));
      return judgedScore(ask, { ...request, messages }, GRADES);
    };
    const asks = asksOf(
      request,
      variables.filter((name) => name !== 'input'),
    );
    return { needsExpected: false, score: decide, asks };
  },
});
