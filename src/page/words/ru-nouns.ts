/** The form of a Russian noun after a number. @param forms after 1, after 2 to 4, and after 5 */
export function plural(n: number, forms: readonly [string, string, string]): string {
  const [one, few, many] = forms;
  // After a fraction nouns are as after two: 4,2 пункта.
  if (!Number.isInteger(n)) return few;
  const [tens, ones] = [n % 100, n % 10];
  if (tens >= 11 && tens <= 14) return many;
  if (ones === 1) return one;
  return ones >= 2 && ones <= 4 ? few : many;
}

/** Rows. */
export const ROWS = ['строка', 'строки', 'строк'] as const;
/** By rows. */
export const ROWS_BY = ['строке', 'строкам', 'строкам'] as const;
/** Of characters. */
export const OF_SIGNS = ['знака', 'знаков', 'знаков'] as const;
/** Of rows. */
export const OF_ROWS = ['строки', 'строк', 'строк'] as const;
/** Of answers. */
export const OF_ANSWERS = ['ответа', 'ответов', 'ответов'] as const;
/** By answers. */
export const ANSWERS_BY = ['ответу', 'ответам', 'ответам'] as const;
/** Trials. */
export const TRIALS = ['запрос', 'запроса', 'запросов'] as const;
/** Of trials. */
export const OF_TRIALS = ['запроса', 'запросов', 'запросов'] as const;
/** Points of a hundred. */
export const POINTS = ['пункт', 'пункта', 'пунктов'] as const;
/** Calls. */
export const CALLS = ['вызов', 'вызова', 'вызовов'] as const;
/** Of calls. */
export const OF_CALLS = ['вызова', 'вызовов', 'вызовов'] as const;
/** Of points of a hundred. */
export const OF_POINTS = ['пункта', 'пунктов', 'пунктов'] as const;
/** Variants. */
export const VARIANTS = ['вариант', 'варианта', 'вариантов'] as const;
/** Of variants. */
export const VARIANTS_OF = ['варианта', 'вариантов', 'вариантов'] as const;
/** Comparisons. */
export const COMPARISONS = ['сравнение', 'сравнения', 'сравнений'] as const;
/** In comparisons. */
export const COMPARISONS_IN = ['сравнении', 'сравнениях', 'сравнениях'] as const;
/** In rows. */
export const ROWS_IN = ['строке', 'строках', 'строках'] as const;
/** Changes. */
export const CHANGES = ['изменение', 'изменения', 'изменений'] as const;
/** Of changes. */
export const OF_CHANGES = ['изменения', 'изменений', 'изменений'] as const;
/** Flaky, of changes. */
export const FLAKY = ['нестабильное', 'нестабильных', 'нестабильных'] as const;
