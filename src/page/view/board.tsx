import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { LeaderboardEntry, ScorerAnalysis } from '../../core/analysis/analysis.ts';
import { aheadOfBest } from '../../core/analysis/choice-basis.ts';
import type { CostTotal } from '../../core/totals.ts';
import { type Axis, percentAxis } from '../charts/axis.ts';
import { AxisMarks, IntervalBar } from '../charts/interval.tsx';
import { dominatedOf, isBetter, isEven, lossTo } from '../data/choice.ts';
import { namesText, type Page, sentenceName, usePage } from './page.ts';
import { Name, Section } from './parts.tsx';

/** With more variants, only the first are shown until the reader asks for all. */
const MANY = 14;
const FIRST = 12;

type Sorting = 'score' | 'cost' | 'time';

/** The variants by one score, best first. */
export function Board({ scorer }: { readonly scorer: ScorerAnalysis }): JSX.Element {
  const page = usePage();
  const { words, format, chosen } = page;
  const [isWhole, setWhole] = useState(false);
  const [sorting, setSorting] = useState<Sorting>('score');
  const entries = sorted(scorer.leaderboard, sorting, page);
  const shown =
    isWhole || entries.length <= MANY
      ? entries
      : entries.filter(({ variant }, place) => place < FIRST || variant === chosen);
  const ends = entries.flatMap(({ mean, interval }) => [mean, interval?.low ?? null, interval?.high ?? null]);
  const axis = percentAxis(ends.flatMap((end) => (end === null ? [] : [100 * end])));
  return (
    <Section id="score" topic={words.sections.score} finding={findingOf(page, scorer)} notes={notesOf(page, scorer)}>
      <table class="figures board">
        <BoardHead axis={axis} scorer={scorer.scorer} sorting={sorting} onSort={setSorting} />
        <tbody>
          {shown.map((entry) => (
            <BoardRow key={entry.variant} entry={entry} scorer={scorer} axis={axis} />
          ))}
        </tbody>
      </table>
      {shown.length < entries.length && (
        <p>
          <button type="button" class="chip" onClick={() => setWhole(true)}>
            {words.showAll(format.count(entries.length))}
          </button>
        </p>
      )}
    </Section>
  );
}

function sorted(entries: readonly LeaderboardEntry[], sorting: Sorting, { head }: Page): readonly LeaderboardEntry[] {
  if (sorting === 'score') return entries;
  const valueOf = ({ variant }: LeaderboardEntry): number => {
    const value =
      sorting === 'cost' ? head.analysis.variants[variant]?.costPerThousandRows?.total : head.variants[variant]?.p95;
    return value === undefined || value === null ? Number.POSITIVE_INFINITY : Number(value);
  };
  return entries.toSorted((one, other) => valueOf(one) - valueOf(other));
}

function notesOf({ words, head }: Page, scorer: ScorerAnalysis): readonly string[] {
  const hollow = dominatedOf(scorer).size > 0 ? [words.scoreNote3] : [];
  return head.variants.length < 2 ? [words.scoreNote] : [words.scoreNote, words.scoreNote2, ...hollow];
}

function findingOf(page: Page, scorer: ScorerAnalysis): string {
  const { leaderboard, comparisons } = scorer;
  const { words, format } = page;
  const [best, ...others] = leaderboard.filter(({ mean }) => mean !== null);
  if (best === undefined) return words.noScores;
  const name = sentenceName(page, best.variant);
  if (others.length === 0) return `${name}: ${format.percent(best.mean ?? 0)}`;
  if (isEven(scorer)) return words.evenAt(format.percent(best.mean ?? 0));
  const ahead = aheadOfBest(scorer);
  if (ahead.length > 0) return words.highestOfOtherRows(name, namesText(page, ahead), ahead.length);
  const open = others.filter(({ variant }) => !isBetter(best.variant, variant, comparisons)).length;
  return words.highestScores(name, open, { f: format, isTied: others[0]?.mean === best.mean });
}

function BoardHead(props: {
  readonly axis: Axis;
  readonly scorer: string;
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
}): JSX.Element {
  const { words, format } = usePage();
  const { axis, scorer, sorting, onSort } = props;
  const button = (by: Sorting, text: string, kind: string): JSX.Element => (
    <th class={kind} aria-sort={sorting === by ? (by === 'score' ? 'descending' : 'ascending') : 'none'}>
      <button type="button" onClick={() => onSort(by)}>
        {text}
      </button>
    </th>
  );
  return (
    <thead>
      <tr>
        <th>{words.variant}</th>
        {button('score', scorer, 'number')}
        <th class="chart">
          <AxisMarks axis={axis} textOf={(tick) => format.count(tick)} />
        </th>
        <th class="number">{words.passed}</th>
        {button('cost', words.perThousand, 'number')}
        <th class="number per-passed">{words.perPassed}</th>
        {button('time', words.p95, 'number')}
        <th>{words.versusBest}</th>
      </tr>
    </thead>
  );
}

function BoardRow({
  entry,
  scorer,
  axis,
}: {
  readonly entry: LeaderboardEntry;
  readonly scorer: ScorerAnalysis;
  readonly axis: Axis;
}): JSX.Element {
  const { words, format, head, chosen } = usePage();
  const { variant, mean, interval, passed, n, costPerPassedRow } = entry;
  const facts = head.analysis.variants[variant];
  const p95 = head.variants[variant]?.p95 ?? null;
  const money = (cost: CostTotal | null | undefined): string =>
    cost === null || cost === undefined ? words.unknown : format.money(cost);
  const hundredfold = interval === null ? null : { low: 100 * interval.low, high: 100 * interval.high };
  return (
    <tr data-v={variant} class={variant === chosen ? 'chosen' : ''}>
      <td>
        <Name variant={variant} />
      </td>
      <td class="number">
        <b>{mean === null ? '–' : format.percent(mean)}</b>
        {interval !== null && ` (${format.count(100 * interval.low)}–${format.count(100 * interval.high)})`}
      </td>
      <td class="chart">
        <IntervalBar
          axis={axis}
          mean={mean === null ? null : 100 * mean}
          interval={hundredfold}
          kind={variant === chosen ? 'chosen' : ''}
          isHollow={dominatedOf(scorer).has(variant)}
        />
      </td>
      <td class="number" data-label={words.passed}>
        {format.count(passed)}
        <span class="quiet">/{format.count(n)}</span>
      </td>
      <td class="number" data-label={words.perThousand}>
        {(facts?.unknownCosts ?? 0) > 0 ? words.unknown : money(facts?.costPerThousandRows)}
      </td>
      <td class="number per-passed">{passed === 0 ? '–' : money(costPerPassedRow)}</td>
      <td class="number" data-label={words.p95}>
        {p95 === null ? '–' : format.duration(p95)}
      </td>
      <td class="against">
        <Against entry={entry} scorer={scorer} />
      </td>
    </tr>
  );
}

function Against(props: { readonly entry: LeaderboardEntry; readonly scorer: ScorerAnalysis }): JSX.Element {
  const { words, format } = usePage();
  const { entry, scorer } = props;
  const { variant } = entry;
  const [best = entry, second] = scorer.leaderboard;
  if (entry.mean === null) return <span class="quiet">{words.notScored}</span>;
  if (best.mean === entry.mean) {
    return <span class="quiet">{second?.mean === best.mean ? words.bestTied : words.best}</span>;
  }
  const loss = lossTo(best.variant, variant, scorer.comparisons);
  if (loss === null) return <span class="quiet">{words.notCompared}</span>;
  if (!isBetter(best.variant, variant, scorer.comparisons)) return <span class="quiet">{words.notSignificant}</span>;
  const range =
    loss.interval === null ? '' : `${format.decimal(loss.interval.low)}–${format.decimal(loss.interval.high)}`;
  return <span class="bad">{words.worseBy(format.decimal(loss.points), range)}</span>;
}
