import type { Analysis, LeaderboardEntry } from '../../core/analysis/analysis.ts';
import type { PageHead } from '../../core/page-data.ts';
import { oneLine, xmlText } from '../../core/plain-text.ts';
import { fixedText } from '../../core/rounding.ts';
import { renderCheapest } from '../../reporters/index.ts';

/** The figures of a page as plain HTML, for readers without scripts: the headline and the leaderboard. */
export function staticPart({ run, analysis, comparison }: PageHead): string {
  const sentences = [
    ...(comparison === null ? [] : [`Comparison with ${comparison.base.path}: ${comparison.verdict}`]),
    ...renderCheapest(analysis),
    ...(run.simulated ? ['simulated answers: the figures say nothing about the models named'] : []),
  ];
  return [
    `<h1>${text(run.name)}</h1>`,
    `<p>${text(`${run.dataset}, ${analysis.rows} rows × ${analysis.variants.length} variants, ${run.createdAt}`)}</p>`,
    ...sentences.map((sentence) => `<p>${text(sentence)}</p>`),
    ...analysis.scorers.map((scorer) => board(analysis, scorer)),
  ].join('\n');
}

function board({ variants }: Analysis, { scorer, leaderboard }: Analysis['scorers'][number]): string {
  const lines = leaderboard.map((entry) => {
    const variant = variants[entry.variant];
    const cost = (variant?.unknownCosts ?? 0) > 0 ? null : (variant?.costPerThousandRows ?? null);
    const cells = [
      variant?.name ?? '',
      figure(entry),
      `${entry.passed}/${entry.n}`,
      cost === null ? 'unknown' : `${cost.total} ${cost.currency}`,
    ];
    return `<tr>${cells.map((cell) => `<td>${text(cell)}</td>`).join('')}</tr>`;
  });
  const head = ['variant', scorer, 'passed', 'cost of 1,000 rows'].map((cell) => `<th>${text(cell)}</th>`).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${lines.join('')}</tbody></table>`;
}

function figure({ mean, interval }: LeaderboardEntry): string {
  if (mean === null) return '–';
  const ends = interval === null ? '' : ` (95 % CI ${percent(interval.low)} to ${percent(interval.high)})`;
  return `${percent(mean)} %${ends}`;
}

function percent(share: number): string {
  return fixedText(share * 100, 1);
}

function text(value: string): string {
  return xmlText(oneLine(value));
}
