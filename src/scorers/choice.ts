import type { UnnamedScore } from '../core/scorer.ts';
import { defineScorer, NOTHING_EXPECTED, verdict } from './definition.ts';
import { normaliser } from './normalise.ts';
import { lastBoxed } from './number-text.ts';

/** 1 if the option that the answer chooses is the expected one. */
export const choice = defineScorer({
  name: 'choice',
  title:
    'the answer chooses the expected option: a letter or word behind the last "answer:", in a box, or alone on a line',
  argument: null,
  options: (z) => ({
    several: z.boolean().optional().describe('several letters are expected, such as A,C; their order does not count'),
  }),
  withoutOptions: {},
  create: ({ several = false }) => ({
    needsExpected: true,
    expects: 'one',
    score({ output, expected }): UnnamedScore {
      if (expected === null) return NOTHING_EXPECTED;
      const chosen = chosenPart(output);
      if (chosen === null) return NO_CHOICE;
      const isRight = several ? haveSameLetters(chosen, expected) : isChosen(chosen, expected);
      return verdict(isRight, `chose ${chosen.slice(0, MAX_SHOWN)}`);
    },
  }),
});

const MAX_SHOWN = 60;
const NO_CHOICE: UnnamedScore = { ...verdict(false, 'the answer has no choice'), isVoid: true };

/** Longest part of a text that is searched, from its end, and from its beginning if nothing is found there. */
const MAX_LOOKED = 20_000;
/**
 * "Answer" in some languages, with the text between it and the choice. English, Russian, German, French, Spanish,
 * Italian, Portuguese, Korean, Chinese and Japanese.
 */
const MARK =
  /(?:(?<![\p{L}])(?:final answer|correct answer|answer|правильный ответ|ответ|antwort|réponse|respuesta|risposta|resposta)(?![\p{L}])|정답|답안|答案|正确答案|答え|解答)/giu;
const LINK =
  /^\s*(?:\*\*|__)?\s*(?:is|are|ist|est|es|это|—|–|-|은|는|是|は)?\s*[:：=]?\s*(?:the\s+)?(?:option|choice|letter|вариант|буква)?\s*/iu;

/** The choice that an answer states; null if it cannot be distinguished from prose. */
function chosenPart(output: string): string | null {
  const boxed = lastBoxed(output.slice(-MAX_LOOKED));
  if (boxed !== null) return boxed.trim();
  return behindMark(output.slice(-MAX_LOOKED)) ?? aloneOnLine(output);
}

function behindMark(text: string): string | null {
  for (const { index, 0: mark } of [...text.matchAll(MARK)].toReversed()) {
    const rest = text.slice(index + mark.length).split('\n', 1)[0] ?? '';
    const part = bare(rest.replace(LINK, ''));
    if (part !== '') return part;
  }
  return null;
}

const LETTER = String.raw`\p{Lu}|\p{Ll}`;
/** `B`, `(B)`, `B.`, `**B**`, `$B$`, `B) Paris` and `: B`: a letter that begins a line like an option. */
const OPTION = new RegExp(String.raw`^[\s:>*_$"'(\[]*(${LETTER})(?:[\s*_$"')\].,:;!]*$|[*_]*[).:]\s)`, 'u');
const IN_DOLLARS = /\$\s*(?:\\(?:text|mathrm|mathbf)\{)?\(?(\p{Lu})\)?\}?\s*\$/gu;

/** The letter of the only line that consists of an option alone; with several such lines, none is chosen. */
function aloneOnLine(output: string): string | null {
  const text = output.length > 2 * MAX_LOOKED ? output.slice(0, MAX_LOOKED) + output.slice(-MAX_LOOKED) : output;
  const letters = text.split('\n').flatMap((line) => OPTION.exec(line)?.[1] ?? []);
  const [only] = letters;
  if (only !== undefined && letters.every((letter) => letter === only)) return only;
  const inDollars = [...text.matchAll(IN_DOLLARS)].map(([, letter]) => letter);
  return letters.length === 0 && inDollars.length === 1 ? (inDollars[0] ?? null) : null;
}

/** Without surrounding Markdown, quotes and brackets, and without the final full stop. */
function bare(text: string): string {
  const inside = text
    .replaceAll(/[*_`$"'“”«»\u200b\u2063]/gu, '')
    .trim()
    .replace(/^[([{]([^()[\]{}]+)[)\]}]/u, (_found, part: string) => part.trim());
  let end = inside.length;
  while (end > 0 && /[.!;,\s]/u.test(inside.charAt(end - 1))) end -= 1;
  return inside.slice(0, end).trimStart();
}

const fold = normaliser({ nfkc: true, ignoreCase: true, foldYo: true, collapseSpaces: true, trim: true });

/** Whether the chosen text is the option, or begins with its letter: `B) Paris` and `D 입니다`. */
function isChosen(chosen: string, expected: string): boolean {
  const [found, wanted] = [fold(bare(chosen)), fold(bare(expected))];
  if (found === wanted) return true;
  const isLetter = [...wanted].length === 1;
  return isLetter && found.startsWith(wanted) && /^(?:[).:,\s]|$)/u.test(found.slice(wanted.length));
}

function haveSameLetters(chosen: string, expected: string): boolean {
  const [found, wanted] = [lettersOf(chosen), lettersOf(expected)];
  return wanted !== '' && found === wanted;
}

/** Its letters in order, each once: `A, B, and C`, `AB` and `(a) (c)`. */
function lettersOf(text: string): string {
  const parts = bare(text).split(/[\s,;&/()[\]]+|\b(?:and|or|и|und|et|y)\b/iu);
  const letters = parts.flatMap((part) => (/^\p{L}{1,8}$/u.test(part) ? [...part.toUpperCase()] : []));
  return [...new Set(letters)].toSorted().join('');
}
