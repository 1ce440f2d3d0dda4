import type { Message } from '../core/prompt.ts';
import { type Answer, type AnswerQuery, jsonAnswer } from './answers.ts';
import { unitInterval } from './seeded.ts';

/** The reply format in a judge prompt: a score on a scale, a grade, evaluation steps, or which of two answers is better. */
const SCORE = /"score": <number from (-?\d+(?:\.\d+)?) to (-?\d+(?:\.\d+)?)>/;
const GRADE = /"score": <one of ("[^"]+"(?:, "[^"]+")*)>/;
const STEPS = /"steps": \["<step>"/;
const PREFERENCE = /"better": <1, 2 or 0>/;

const REASON = 'Simulated verdict: the embedded promptgrid gateway made it up, and no model was asked.';

const SIMULATED_STEPS: readonly string[] = [
  'Simulated step: the embedded promptgrid gateway made it up.',
  'Compare the answer with the criteria.',
];

/** A simulated verdict if the system message requests one from a judge, the same for the same prompt; else null. */
export function simulatedVerdict({ model, prompt }: AnswerQuery, messages: readonly Message[]): Answer | null {
  const instruction = messages.find(({ role }) => role === 'system')?.['content'];
  if (typeof instruction !== 'string') return null;
  const draw = unitInterval(`verdict ${model} ${prompt}`);
  const scale = SCORE.exec(instruction);
  if (scale !== null) return jsonAnswer({ reason: REASON, score: onScale(draw, Number(scale[1]), Number(scale[2])) });
  const grades = GRADE.exec(instruction)?.[1]?.slice(1, -1).split('", "');
  if (grades !== undefined)
    return jsonAnswer({ reason: REASON, score: grades[Math.floor(draw * grades.length)] ?? '' });
  if (STEPS.test(instruction)) return jsonAnswer({ steps: SIMULATED_STEPS });
  return PREFERENCE.test(instruction) ? jsonAnswer({ reason: REASON, better: Math.floor(draw * 3) }) : null;
}

/** One of eleven steps from the minimum to the maximum. */
function onScale(draw: number, least: number, most: number): number {
  return least + (Math.floor(draw * 11) / 10) * (most - least);
}
