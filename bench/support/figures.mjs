import { round } from './program.mjs';

const DIGITS = { '×': 2, s: 2, MB: 0, µs: 1, '%': 1, '/s': 0 };

/** A value with its unit, as people read it; a dash for what was not measured. */
export function valueText(value, unit) {
  if (value === null) return '–';
  const digits = { minimumFractionDigits: DIGITS[unit], maximumFractionDigits: DIGITS[unit] };
  const text = value.toLocaleString('en-US', digits);
  return unit === '%' || unit === '/s' ? `${text}${unit === '%' ? ' %' : unit}` : `${text} ${unit}`;
}

const short = (figure) => (figure === null ? null : round(figure, 4));

/**
 * One line of a table: what promptgrid took, what it is held beside, and the value that a goal is about.
 *
 * @param what what was measured
 * @param measured `own` and `beside` (null where there is nothing beside it) in `unit`
 * @param judged the value and its unit; the own value where left out
 * @param goal `most` or `least`, in the unit of the judged value; null without a goal
 */
export function line(what, { own, beside = null, unit }, judged = [own, unit], goal = null) {
  const [value, judgedUnit] = judged;
  return {
    what,
    own: short(own),
    beside: short(beside),
    unit,
    value: short(value),
    judgedUnit,
    goal,
    isMet: isMet(value, judgedUnit, goal),
  };
}

/** A goal is held against the value as it is printed. Null without a goal. */
function isMet(value, unit, goal) {
  if (goal === null) return null;
  const printed = round(value, DIGITS[unit]);
  return 'most' in goal ? printed <= goal.most : printed >= goal.least;
}

function goalText({ goal, judgedUnit }) {
  if (goal === null) return '';
  return 'most' in goal ? `≤ ${valueText(goal.most, judgedUnit)}` : `≥ ${valueText(goal.least, judgedUnit)}`;
}

const VERDICTS = new Map([
  [true, 'met'],
  [false, 'missed'],
  [null, ''],
]);

/** The cells of a section's table, its heads first; without a head for what is beside, that column is left out. */
export function cells({ heads: { own = 'promptgrid', beside = '' }, lines }) {
  const rows = lines.map((one) => [
    one.what,
    valueText(one.own, one.unit),
    valueText(one.beside, one.unit),
    valueText(one.value, one.judgedUnit),
    goalText(one),
    VERDICTS.get(one.isMet),
  ]);
  const table = [['what', own, beside, 'figure', 'goal', ''], ...rows];
  return beside === '' ? table.map((row) => row.toSpliced(2, 1)) : table;
}
