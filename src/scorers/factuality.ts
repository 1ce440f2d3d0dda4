import type { UnnamedScore } from '../core/scorer.ts';
import { defineScorer, NOTHING_EXPECTED, type ScorerParts } from './definition.ts';
import { asksOf, judgeOptions, judgeRequest } from './judge-options.ts';
import { DATA_RULE, inputText, judgeMessages, renderSections, scoreReply, taskSections } from './judge-prompt.ts';
import { judgedScore } from './judged-score.ts';

/** The classes of OpenAI's evals (`modelgraded/fact.yaml`), scored as in autoevals (`templates/factuality.yaml`). */
const CLASSES = { A: 0.4, B: 0.6, C: 1, D: 0, E: 1 } as const;

/** Score from which on an answer passes: all but a contradiction, as in promptfoo. */
export const LEAST_CONSISTENT = 0.4;

/** Instructions for a judge of facts. */
const INSTRUCTION =
  'You compare the facts of an answer with those of a reference, which an expert wrote, and nothing else. ' +
  DATA_RULE +
  'The reference is right. Wording, style, order and length do not count. Choose the class that fits best. ' +
  'A: the answer has some of the facts of the reference, and no others. ' +
  'B: the answer has all facts of the reference and further ones, which do not contradict it. ' +
  'C: the answer has the same facts as the reference. ' +
  'D: the answer contradicts the reference. ' +
  'E: answer and reference differ only in what does not matter for whether the answer is true. ' +
  scoreReply(CLASSES, 'answer');

/** How the facts of an answer relate to those of the expected one. */
export const factuality = defineScorer({
  name: 'factuality',
  title:
    'a model finds the facts of the expected answer and no others; less for some of them, or for more; 0 for others',
  argument: 'value',
  options: (z) => {
    const score = z.number().min(0).max(1).optional();
    return {
      value: z.string().min(1).optional().describe('the text to compare with, instead of the expected answer'),
      scores: z
        .strictObject({ A: score, B: score, C: score, D: score, E: score })
        .optional()
        .describe('scores of classes instead of ours, such as {A: 1, B: 0.5}'),
      ...judgeOptions(z),
    };
  },
  withoutOptions: {},
  asksModel: true,
  threshold: LEAST_CONSISTENT,
  explains: true,
  create({ value, scores = {}, ...options }, { label, hiddenColumns }): ScorerParts {
    const given = Object.entries(scores).filter((entry): entry is [string, number] => entry[1] !== undefined);
    const scale = { ...CLASSES, ...Object.fromEntries(given) };
    const request = judgeRequest(options, label);
    const compare = ({ row, output, expected, ask }: Parameters<ScorerParts['score']>[0]): Promise<UnnamedScore> => {
      const reference = value ?? expected;
      if (reference === null) return Promise.resolve(NOTHING_EXPECTED);
      const sections = [...taskSections(inputText(row, hiddenColumns), reference), { name: 'answer', text: output }];
      const messages = judgeMessages(INSTRUCTION, [], renderSections(sections));
      return judgedScore(ask, { ...request, messages }, scale);
    };
    return {
      needsExpected: value === undefined,
      score: compare,
      asks: asksOf(request, []),
    };
  },
});
