/** A number as a spreadsheet reads it from a text. */
const NUMBER = /^[+-]?\d+(?:[.,]\d+)?(?:E[+-]?\d+)?$/i;

/** Digits that a spreadsheet shows of a number that is too long for its cell. */
const SHOWN_DIGITS = 3;

/**
 * A note, or none, for row ids that only one side has, if a spreadsheet that saved its dataset explains them: it turns `007` into
 * 7, `1.10` into 1.1, and a long number into `1.23E+18`.
 * @param missing ids, or the first of them, that only the base has
 * @param added those that only the candidate has
 */
export function savedIdsNotes(missing: readonly string[], added: readonly string[]): readonly string[] {
  const changed = pairOf(missing, added) ?? pairOf(added, missing);
  if (changed === null) return [];
  const [id, saved] = changed;
  return [
    `row ids differ as if a spreadsheet had saved one of the datasets: "${id}" became "${saved}"; keep ids as texts`,
  ];
}

/** An id that is a number, and what a spreadsheet made of it. */
function pairOf(ids: readonly string[], others: readonly string[]): readonly [string, string] | null {
  const saved = new Set(others);
  for (const id of ids) {
    if (!NUMBER.test(id)) continue;
    const value = Number(id.replace(',', '.'));
    const plain = String(value);
    const found = [plain, plain.replace('.', ','), ...shortened(value)].find((text) => text !== id && saved.has(text));
    if (found !== undefined) return [id, found];
  }
  return null;
}

/** `1.23E+18`, with a point or a comma. */
function shortened(value: number): readonly string[] {
  const [digits = '', exponent = ''] = value.toExponential(SHOWN_DIGITS - 1).split('e');
  const text = `${digits}E${exponent}`;
  return [text, text.replace('.', ',')];
}
