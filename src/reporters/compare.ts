import type { Colors } from 'picocolors/types.js';
import { type FlipGroup, groupFlips } from '../core/compare/flip-groups.ts';
import { countText } from '../core/compare/words.ts';
import type { Comparison, RowSample, ScorePair } from '../core/comparison.ts';
import { cutShort, oneLine } from '../core/plain-text.ts';
import { pairLabel } from '../core/variant-name.ts';
import type { ReportTable } from './analysis-report.ts';
import {
  askedParts,
  chanceText,
  DIFFERENCE,
  deltaText,
  flipDiff,
  flippedText,
  flipTitle,
  headline,
  meanTexts,
  measureText,
  neededText,
  P_VALUE,
  unshownFlips,
  verdictText,
} from './compare-words.ts';
import { formatCount } from './format.ts';
import { renderGates } from './gates.ts';
import { renderTable } from './table.ts';

/**
 * A comparison for people: the verdict, a table of pairs, gates, and the flipped rows.
 * @param colors picocolors, or its colourless form; @param width columns of the terminal, default unlimited
 */
export function renderComparison(comparison: Comparison, colors: Colors, width: number = Infinity): string {
  const { base, candidate, rowsInCommon, pairedBy, notes, gates, unsound } = comparison;
  const rows = `${countText(rowsInCommon, 'row')} in common, paired by ${pairedBy === 'id' ? 'id' : 'what they ask'}`;
  const lines = [
    `base ${oneLine(base.path)}, candidate ${oneLine(candidate.path)}: ${rows}`,
    ...notes.map((note) => colors.yellow(`note: ${oneLine(note)}`)),
    '',
    ...(comparison.pairs.length === 0 ? [] : [renderPairs(comparison, colors, width), ...renderNeeded(comparison), '']),
    ...renderMeasures(comparison),
    ...renderRows(comparison, colors),
    ...renderGates(gates, colors),
    ...unsound.map((why) => colors.red(`unsound: ${oneLine(why)}`)),
    colors.bold(oneLine(headline(comparison))),
  ];
  return lines.join('\n');
}

/**
 * In narrow terminals, the p-value is dropped first, since verdicts name it, then the means, whose difference stays.
 */
const PAIR_COLUMNS: ReportTable['columns'] = [
  { title: 'variant', align: 'left', least: 16 },
  { title: 'scorer', align: 'left', least: 8 },
  { title: 'n', align: 'right' },
  { title: 'base', align: 'right', keep: 2 },
  { title: 'candidate', align: 'right', keep: 3 },
  { title: DIFFERENCE, align: 'left', least: 14 },
  { title: P_VALUE, align: 'left', least: 9, keep: 1 },
  { title: 'verdict', align: 'left', least: 14 },
];

function renderPairs(comparison: Comparison, colors: Colors, width: number): string {
  const rows = comparison.pairs.map((pair) => [
    oneLine(pairLabel(pair.base, pair.candidate)),
    oneLine(pair.scorer),
    formatCount(pair.n),
    ...meanTexts(pair),
    deltaText(pair),
    chanceText(pair),
    coloured(pair.verdict, colors)(verdictText(pair, comparison)),
  ]);
  const table = { columns: PAIR_COLUMNS, rows };
  return renderTable(table, { bold: colors.bold, width });
}

/** Next to the table, which would be too wide with it. */
function renderNeeded({ pairs }: Comparison): readonly string[] {
  return pairs.flatMap((pair) => {
    const text = neededText(pair);
    return text === null ? [] : [oneLine(`${pairLabel(pair.base, pair.candidate)} by ${pair.scorer}: ${text}`)];
  });
}

function coloured(verdict: ScorePair['verdict'], colors: Colors): (text: string) => string {
  if (verdict === 'regressed') return colors.red;
  return verdict === 'improved' ? colors.green : (text) => text;
}

function renderMeasures({ measures }: Comparison): readonly string[] {
  const byPair = new Map<string, string[]>();
  for (const measure of measures) {
    const label = pairLabel(measure.base, measure.candidate);
    const text = measureText(measure);
    if (text !== null) byPair.set(label, [...(byPair.get(label) ?? []), text]);
  }
  const lines = [...byPair].map(([label, texts]) => `${oneLine(label)}: ${oneLine(texts.join(' · '))}`);
  return lines.length === 0 ? [] : [...lines, ''];
}

function renderRows(comparison: Comparison, colors: Colors): readonly string[] {
  const { flips, newRows, missingRows, flakyRows } = comparison;
  const groups = groupFlips(flips.filter(({ isFlaky }) => !isFlaky));
  const { worse, better, flaky } = comparison.flipped;
  const lines = [
    ...(worse + better + flaky === 0 ? [] : [`flips: ${flippedText(comparison)}`]),
    ...groups.flatMap((group) => renderFlip(group, colors)),
    ...unshownFlips(comparison, groups.length).map((text) => `  ${text}`),
    ...sampleLine('flaky rows, whose base repeats do not agree', flakyRows),
    ...sampleLine('new rows, not in the base', newRows),
    ...sampleLine('missing rows, not in the candidate', missingRows),
  ];
  return lines.length === 0 ? [] : [...lines, ''];
}

function sampleLine(title: string, { n, rowIds }: RowSample): readonly string[] {
  if (n === 0) return [];
  const rest = n > rowIds.length ? `, and ${formatCount(n - rowIds.length)} more` : '';
  return [`${title}: ${rowIds.map((id) => cutShort(oneLine(id), SHOWN_ID)).join(', ')}${rest}`];
}

const SHOWN_ID = 60;
const SHOWN_ANSWER = 160;

/** What was asked and expected, two answers, all truncated, and the diff between the answers. */
function renderFlip(group: FlipGroup, colors: Colors): readonly string[] {
  const { first } = group;
  const mark = first.direction === 'worse' ? colors.red('worse ') : colors.green('better');
  const parts = flipDiff(first)?.map(({ kind, text }) => {
    if (kind === 'same') return oneLine(text);
    return kind === 'removed' ? colors.red(`[-${oneLine(text)}-]`) : colors.green(`{+${oneLine(text)}+}`);
  });
  return [
    `  ${mark} ${flipTitle(group)}`,
    ...askedParts(first).map(([name, text]) => `    ${name}:  ${answerText(text)}`),
    `    base:      ${answerText(first.baseOutput)}`,
    `    candidate: ${answerText(first.candidateOutput)}`,
    ...(parts === undefined ? [] : [`    changed:   ${parts.join('')}`]),
  ];
}

function answerText(output: string | null): string {
  return output === null ? '(not kept)' : cutShort(oneLine(output), SHOWN_ANSWER);
}
