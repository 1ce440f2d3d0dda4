import type { JSX } from 'preact';
import type { ScorerAnalysis } from '../../core/analysis/analysis.ts';
import { shownChance } from '../../core/paired/chance.ts';
import type { Comparison } from '../../core/paired/comparison.ts';
import { linearAxis } from '../charts/axis.ts';
import { AxisMarks, IntervalBar } from '../charts/interval.tsx';
import { isBetter, type Loss, lossTo } from '../data/choice.ts';
import { variantWord } from '../data/search.ts';
import { chanceText, type Page, sentenceName, usePage } from './page.ts';
import { Name, Section } from './parts.tsx';

/** A matrix has at most as many variants: the best ones. */
const MOST = 16;
/** Characters of a name beside the matrix. */
const MOST_OF_NAME = 40;
/** Lines of the list of what certainty costs. */
const MOST_LINES = 12;

/** Every pair of variants on the rows that both answered. */
export function Pairs({
  scorer,
  onSearch,
}: {
  readonly scorer: ScorerAnalysis;
  readonly onSearch: (query: string) => void;
}): JSX.Element | null {
  const page = usePage();
  const { words, format } = page;
  const { leaderboard, notCompared } = scorer;
  const [best] = leaderboard;
  const comparisons = scorer.comparisons.filter(({ points }) => points !== null);
  if (comparisons.length === 0 || best === undefined) return null;
  const shown = comparisons.filter(({ verdict }) => verdict !== 'none shown').length;
  const places = leaderboard.filter(({ mean }) => mean !== null).map(({ variant }) => variant);
  const isMatrix = notCompared === 0 && places.length > 2;
  const open = places.flatMap((variant) => {
    const loss = variant === best.variant ? null : lossTo(best.variant, variant, comparisons);
    return loss === null || (loss.comparison?.power ?? null) === null ? [] : [{ variant, loss }];
  });
  const notes = isMatrix ? [words.pairsNote, words.pairsNote2] : [words.pairsNote2];
  return (
    <Section
      id="pairs"
      topic={words.sections.pairs}
      finding={words.pairsCertain(format, shown, comparisons.length)}
      notes={notes}
    >
      <div class={isMatrix && open.length > 0 ? 'two matrix-first' : ''}>
        {isMatrix && <Matrix places={places.slice(0, MOST)} comparisons={comparisons} onSearch={onSearch} />}
        {open.length > 0 && <Certainty best={best.variant} open={open.slice(0, MOST_LINES)} />}
      </div>
    </Section>
  );
}

interface MatrixProps {
  readonly places: readonly number[];
  readonly comparisons: readonly Comparison[];
  readonly onSearch: (query: string) => void;
}

function Matrix({ places, comparisons, onSearch }: MatrixProps): JSX.Element {
  const { words } = usePage();
  return (
    <div class="matrix-side">
      {/* Arrows move within: the matrix is one stop of the tab key. */}
      <table class="matrix" onKeyDown={moveInMatrix}>
        <thead>
          <tr>
            <td />
            {places.map((variant, index) => (
              <th scope="col" key={variant}>
                {index + 1}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {places.map((row, index) => (
            <tr key={row}>
              <th scope="row">
                <span class="quiet">{index + 1}</span> <Name variant={row} most={MOST_OF_NAME} />
              </th>
              {places.map((column, other) => (
                <td key={column}>
                  {row !== column && (
                    <Cell
                      row={row}
                      column={column}
                      comparisons={comparisons}
                      isFirst={index === 0 && other === 1}
                      onSearch={onSearch}
                    />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="key">
        <span class="better" /> {words.rowBetter} <span class="worse" /> {words.rowWorse} <span class="open" />{' '}
        {words.notSignificant}
      </p>
    </div>
  );
}

interface CellProps {
  readonly row: number;
  readonly column: number;
  readonly comparisons: readonly Comparison[];
  readonly isFirst: boolean;
  readonly onSearch: (query: string) => void;
}

function Cell({ row, column, comparisons, isFirst, onSearch }: CellProps): JSX.Element {
  const page = usePage();
  const { words, format, head } = page;
  const loss = lossTo(row, column, comparisons);
  const kind = isBetter(row, column, comparisons) ? 'better' : isBetter(column, row, comparisons) ? 'worse' : 'open';
  const text = loss === null ? '–' : format.signed(loss.points, 0);
  const [winner, loser] = (loss?.points ?? 0) >= 0 ? [row, column] : [column, row];
  const nameOf = (variant: number): string => head.analysis.variants[variant]?.name ?? '';
  return (
    <button
      type="button"
      class={kind}
      tabIndex={isFirst ? 0 : -1}
      aria-label={words.pairTitle(
        sentenceName(page, row),
        sentenceName(page, column),
        `${text}${detailsOf(page, loss)}`,
      )}
      title={`${text}${detailsOf(page, loss)}`}
      onClick={() => onSearch(`${variantWord('pass', nameOf(winner))} ${variantWord('fail', nameOf(loser))}`)}
    >
      {text}
    </button>
  );
}

function detailsOf(page: Page, loss: Loss | null): string {
  const { words, format } = page;
  if (loss === null) return '';
  const { interval, comparison } = loss;
  const range = interval === null ? '' : ` (${words.ci(format.decimal(interval.low), format.decimal(interval.high))})`;
  const chance = comparison === null ? null : shownChance(comparison);
  return `${range}${chance === null ? '' : `, ${chanceText(page, chance)}`}, ${comparison?.verdict === 'none shown' ? words.notSignificant : words.significant}`;
}

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

function moveInMatrix(event: KeyboardEvent & { readonly currentTarget: HTMLTableElement }): void {
  const move = MOVES[event.key];
  const cell = event.target instanceof HTMLElement ? event.target.closest('td') : null;
  if (move === undefined || cell === null) return;
  event.preventDefault();
  const rows = [...(event.currentTarget.tBodies[0]?.rows ?? [])];
  let [row, column] = [rows.findIndex((one) => one.contains(cell)), cell.cellIndex];
  for (;;) {
    row += move[0];
    column += move[1];
    const next = rows[row]?.cells[column];
    if (next === undefined || column < 1) return;
    const button = next.querySelector('button');
    if (button === null) continue;
    for (const other of event.currentTarget.querySelectorAll('button')) other.tabIndex = -1;
    button.tabIndex = 0;
    button.focus();
    return;
  }
}

interface OpenPair {
  readonly variant: number;
  readonly loss: Loss;
}

/** What it takes to decide between the best and each other one. */
function Certainty({ best, open }: { readonly best: number; readonly open: readonly OpenPair[] }): JSX.Element {
  const page = usePage();
  const { words, format, chosen } = page;
  const axis = linearAxis(
    [0, ...open.flatMap(({ loss }) => [loss.points, loss.interval?.low ?? 0, loss.interval?.high ?? 0])],
    3,
    1,
  );
  return (
    <div>
      <p class="caption">{words.more(sentenceName(page, best))}</p>
      <table class="figures">
        <thead>
          <tr>
            <th>{words.variant}</th>
            <th class="number">{words.points}</th>
            <th class="chart">
              <AxisMarks axis={axis} textOf={(tick) => format.signed(tick, 0)} />
            </th>
            <th class="number">{words.rowsFor2}</th>
            <th class="number">{words.theirCost}</th>
          </tr>
        </thead>
        <tbody>
          {open.map(({ variant, loss }) => {
            const power = loss.comparison?.power ?? null;
            return (
              <tr key={variant} data-v={variant} class={variant === chosen ? 'chosen' : ''}>
                <td>
                  <Name variant={variant} />
                </td>
                <td class="number">{format.signed(loss.points)}</td>
                <td class="chart">
                  <IntervalBar
                    axis={axis}
                    mean={loss.points}
                    interval={loss.interval}
                    zero={0}
                    kind={variant === chosen ? 'chosen' : ''}
                  />
                </td>
                <td class="number" data-label={words.rowsFor2}>
                  {power === null || power.moreRows === null ? words.unknown : format.rough(power.moreRows)}
                </td>
                <td class="number" data-label={words.theirCost}>
                  {power === null || power.cost === null ? words.unknown : format.roughMoney(power.cost)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
