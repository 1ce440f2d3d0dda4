import { describe } from 'vitest';
import { itScores } from './scoring.ts';

describe('choice', () => {
  itScores('choice', [
    ['a letter behind the mark', 'Reasoning: A is wrong.\n\nANSWER: B', 'B', 1],
    ['case does not count', 'answer: b', 'B', 1],
    ['in bold', 'A is wrong.\n\nANSWER: **B**', 'B', 1],
    ['in bold with its mark', '**Answer: (B)**', 'B', 1],
    ['in a box', 'So it is \\boxed{B}.', 'B', 1],
    ['between dollars', 'The answer is $B$.', 'B', 1],
    ['in brackets', 'The answer is (C).', 'C', 1],
    ['under a heading', '## Answer\n\n**C**', 'C', 1],
    ['in a quotation', '> Answer: **C**', 'C', 1],
    ['as code', 'The correct answer is `C`.', 'C', 1],
    ['in a list', '- Answer: __C__', 'C', 1],
    ['with its text', 'Answer: B) Paris', 'B', 1],
    ['in Russian', 'Правильный ответ: Б', 'Б', 1],
    ['in Russian with a dash', 'Ответ — Б.', 'Б', 1],
    ['in Korean with its particles', '정답은 D 입니다', 'D', 1],
    ['in Chinese', '答案：C', 'C', 1],
    ['in German', 'Antwort: A', 'A', 1],
    ['the last of two', 'Answer: A\nOn reflection:\nAnswer: B', 'B', 1],
    ['and not the first', 'Answer: A\nOn reflection:\nAnswer: B', 'A', 0],
    ['alone', 'B', 'B', 1],
    ['alone with a full stop', 'B.', 'B', 1],
    ['alone as an option is written', 'B) Paris', 'B', 1],
    ['a word', 'ANSWER: correct!', 'correct', 1],
    ['another word', 'ANSWER: incorrect', 'correct', 0],
    ['a sign', 'ANSWER: ○', '○', 1],
    ['a letter of prose is no choice', 'France A B', 'B', 0],
    ['a list of options is no choice', 'A) Lyon\nB) Paris', 'B', 0],
    ['a word that begins with the letter is another word', 'Answer: Berlin', 'B', 0],
    ['an empty answer has none', '', 'B', 0],
    ['a row that expects nothing cannot be judged', 'Answer: B', null, null],
  ]);
  itScores('not:choice', [['an answer without a choice passes neither', 'I cannot say.', 'B', 0]]);
  itScores({ type: 'choice', several: true }, [
    ['letters with commas', 'ANSWER: A, B', 'A,B', 1],
    ['in any order', 'ANSWER: C, A.', 'A,C', 1],
    ['without commas', 'ANSWER: AB', 'A,B', 1],
    ['with a word between them', 'ANSWER: A, B, and C', 'A,B,C', 1],
    ['one too few', 'ANSWER: A', 'A,B', 0],
    ['one too many', 'ANSWER: A, B, C', 'A,B', 0],
  ]);
});
