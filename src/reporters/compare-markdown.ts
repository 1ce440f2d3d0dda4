import { endingOf } from '../core/compare/ending.ts';
import { type FlipGroup, groupFlips } from '../core/compare/flip-groups.ts';
import type { Comparison, MeasurePair, RowSample, ScorePair } from '../core/comparison.ts';
import type { Gate } from '../core/gate.ts';
import { cutShort, markdownCode, markdownText } from '../core/plain-text.ts';
import { pairLabel } from '../core/variant-name.ts';
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

const MARKS = { regressed: '❌', unsound: '⚠️', improved: '✅', unchanged: '✅', inconclusive: '❔' } as const;

/**
 * A comparison as markdown, for a step summary or a comment on a change. Texts of datasets and models have no effect in
 * it.
 */
export function renderCompareMarkdown(comparison: Comparison): string {
  const { gates, notes, pairs } = comparison;
  const sections = [
    title(comparison),
    otherReasons(comparison),
    pairs.length === 0 ? '' : pairTable(comparison),
    gates.map(gateLine).join('\n'),
    measureTable(comparison),
    flipSection(comparison),
    [
      sampleLine('Flaky rows, whose base repeats do not agree', comparison.flakyRows),
      sampleLine('New rows, not in the base', comparison.newRows),
      sampleLine('Missing rows, not in the candidate', comparison.missingRows),
    ]
      .filter((line) => line !== '')
      .join('\n'),
    notes.map((note) => `- ${markdownCode(note)}`).join('\n'),
    `Base ${markdownCode(comparison.base.path)}, candidate ${markdownCode(comparison.candidate.path)}: ${formatCount(comparison.rowsInCommon)} rows in common.`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** The same in short, for a comment: the verdict, the table, gates, cost, and the three worst flips. */
export function renderCompareComment(comparison: Comparison): string {
  const { gates, pairs, flips } = comparison;
  const steady = groupFlips(flips.filter(({ isFlaky }) => !isFlaky));
  const worst = steady.slice(0, FLIPS_IN_COMMENT).map(flipLines);
  const sections = [
    title(comparison),
    otherReasons(comparison),
    pairs.length === 0 ? '' : pairTable(comparison),
    gates.map(gateLine).join('\n'),
    measureTable(comparison),
    worst.length === 0 ? '' : [`Flips: ${markdownText(flippedText(comparison))}`, worst.join('\n')].join('\n\n'),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

const FLIPS_IN_COMMENT = 3;

function title(comparison: Comparison): string {
  return `## ${titleMark(comparison)} promptgrid: ${markdownText(headline(comparison))}`;
}

/** Follows the exit status, and the verdict where that is 0. */
function titleMark(comparison: Comparison): string {
  switch (endingOf(comparison)) {
    case 'failed':
      return '❌';
    case 'unsound':
    case 'ungated':
      return '⚠️';
    case 'passed':
      return MARKS[comparison.verdict];
  }
}

/** Those behind the first, which the title has. */
function otherReasons({ unsound }: Comparison): string {
  return unsound
    .slice(1)
    .map((why) => `- ${markdownCode(why)}`)
    .join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function pairTable(comparison: Comparison): string {
  const head = ['variant', 'scorer', 'rows', 'base', 'candidate', DIFFERENCE, P_VALUE, 'verdict'];
  const lines = comparison.pairs.map((pair: ScorePair) =>
    row([
      markdownCode(pairLabel(pair.base, pair.candidate)),
      markdownCode(pair.scorer),
      formatCount(pair.n),
      ...meanTexts(pair),
      deltaText(pair),
      markdownText(chanceText(pair)),
      `${MARKS[pair.verdict]} ${markdownText([verdictText(pair, comparison), neededText(pair)].filter((t) => t !== null).join('; '))}`,
    ]),
  );
  return [row(head), row(head.map(() => '---')), ...lines].join('\n');
}

function measureTable({ measures }: Comparison): string {
  const lines = measures.flatMap((measure: MeasurePair) => {
    const text = measureText(measure);
    return text === null ? [] : [row([markdownCode(pairLabel(measure.base, measure.candidate)), markdownText(text)])];
  });
  if (lines.length === 0) return '';
  return [row(['variant', 'candidate by base']), row(['---', '---']), ...lines].join('\n');
}

function gateLine({ name, passed, why }: Gate): string {
  return `- ${passed ? '✅' : '❌'} ${markdownCode(name)}: ${markdownCode(why)}`;
}

const SHOWN_ANSWER = 300;

function flipSection(comparison: Comparison): string {
  const { worse, better, flaky } = comparison.flipped;
  if (worse + better + flaky === 0) return '';
  const groups = groupFlips(comparison.flips.filter(({ isFlaky }) => !isFlaky));
  const unshown = unshownFlips(comparison, groups.length).map((text) => `- ${markdownText(text)}`);
  const lines = [...groups.map(flipLines), ...unshown].join('\n');
  return `<details><summary>Flips: ${markdownText(flippedText(comparison))}</summary>\n\n${lines}\n\n</details>`;
}

function flipLines(group: FlipGroup): string {
  const { first } = group;
  const diff = flipDiff(first)?.map(({ kind, text }) => {
    if (kind === 'same') return markdownText(text);
    return kind === 'removed' ? `<del>${markdownText(text)}</del>` : `<ins>${markdownText(text)}</ins>`;
  });
  return [
    `- ${first.direction === 'worse' ? '🔻' : '🔺'} ${markdownCode(flipTitle(group))}`,
    ...askedParts(first).map(([name, text]) => `  - ${name}: ${answerText(text)}`),
    `  - base: ${answerText(first.baseOutput)}`,
    `  - candidate: ${answerText(first.candidateOutput)}`,
    ...(diff === undefined ? [] : [`  - changed: <code>${diff.join('')}</code>`]),
  ].join('\n');
}

function answerText(output: string | null): string {
  if (output === null) return 'not kept';
  return output === '' ? 'empty' : markdownCode(cutShort(output, SHOWN_ANSWER));
}

function sampleLine(what: string, { n, rowIds }: RowSample): string {
  if (n === 0) return '';
  const rest = n > rowIds.length ? ` and ${formatCount(n - rowIds.length)} more` : '';
  return `- ${what}: ${rowIds.map(markdownCode).join(', ')}${rest}`;
}
