import type { Ask, JudgeQuestion } from '../core/judge-question.ts';
import type { UnnamedScore } from '../core/scorer.ts';
import { unscored } from './definition.ts';
import { askForVerdict, readScore, type Scale } from './verdict.ts';

/** The score that a judge gives; none, with the reason, if it gives no verdict on the scale. */
export async function judgedScore(ask: Ask, judgeQuestion: JudgeQuestion, scale: Scale): Promise<UnnamedScore> {
  const read = await askForVerdict(ask, judgeQuestion, (output) => readScore(output, scale));
  return 'fault' in read ? unscored(read.fault) : { value: read.verdict.value, explanation: read.verdict.reason };
}
