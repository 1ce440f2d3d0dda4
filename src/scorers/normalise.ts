import type { Zod } from './definition.ts';

/** Normalisations applied to an answer and to the text it is compared with. */
export interface Normalisation {
  readonly nfkc?: boolean | undefined;
  readonly ignoreCase?: boolean | undefined;
  readonly foldYo?: boolean | undefined;
  readonly ignorePunctuation?: boolean | undefined;
  readonly ignoreArticles?: boolean | undefined;
  readonly collapseSpaces?: boolean | undefined;
  readonly trim?: boolean | undefined;
}

/** The options of scorers that compare texts. */
export function normalisationOptions(z: Zod) {
  return {
    nfkc: z.boolean().optional().describe('compare without regard to how characters are encoded (Unicode NFKC)'),
    ignoreCase: z.boolean().optional().describe('compare without regard to case'),
    foldYo: z.boolean().optional().describe('take ё for е'),
    ignorePunctuation: z.boolean().optional().describe('leave punctuation out'),
    ignoreArticles: z.boolean().optional().describe('leave the English articles a, an and the out'),
    collapseSpaces: z.boolean().optional().describe('take any run of white space for one space'),
    trim: z.boolean().optional().describe('leave white space at both ends out'),
  };
}

const PUNCTUATION = /\p{P}+/gu;
const SPACES = /\s+/g;
const ARTICLES = /(?<![\p{L}\p{N}])(?:a|an|the)(?![\p{L}\p{N}])\s*/giu;

/** Upper case first: it makes ß and ss, or σ and ς, equal. */
function foldCase(text: string): string {
  return text.toUpperCase().toLowerCase();
}

const STEPS: readonly (readonly [keyof Normalisation, (text: string) => string])[] = [
  ['nfkc', (text) => text.normalize('NFKC')],
  ['ignoreCase', foldCase],
  // A letter, including ё, may also be written as its base with a combining mark.
  ['foldYo', (text) => text.replace(/ё|е\u0308/g, 'е').replace(/Ё|Е\u0308/g, 'Е')],
  ['ignorePunctuation', (text) => text.replace(PUNCTUATION, '')],
  ['ignoreArticles', (text) => text.replace(ARTICLES, '')],
  ['collapseSpaces', (text) => text.replace(SPACES, ' ')],
  ['trim', (text) => text.trim()],
];

/**
 * The function that removes ignored parts of a text, in the order of the options' table.
 * @param given the user's options; @param defaults the scorer's defaults
 */
export function normaliser(given: Normalisation, defaults: Normalisation = {}): (text: string) => string {
  const steps = STEPS.filter(([name]) => given[name] ?? defaults[name] ?? false).map(([, step]) => step);
  if (steps.length === 0) return (text) => text;
  return (text) => steps.reduce((folded, step) => step(folded), text);
}
