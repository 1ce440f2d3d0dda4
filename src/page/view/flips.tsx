import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { type FlipGroup, groupFlips } from '../../core/compare/flip-groups.ts';
import type { PageComparison } from '../../core/page-data.ts';
import { pairLabel } from '../../core/variant-name.ts';
import { flippedText, isOneVariant } from '../data/comparison.ts';
import { spokenNames } from '../data/names.ts';
import type { RowView } from '../data/row-view.ts';
import { preview } from '../data/visible.ts';
import { AnswerText } from './answer-text.tsx';
import { expectedOf } from './open-row.tsx';
import { usePage } from './page.ts';
import { Section, Sign } from './parts.tsx';
import { questionOf } from './row-line.tsx';

const FIRST_FLIPS = 20;

/** The rows that changed between passed and failed, the worst first. */
export function Flips({
  comparison,
  rows,
}: {
  readonly comparison: PageComparison;
  readonly rows: readonly RowView[];
}): JSX.Element | null {
  const page = usePage();
  const { words, format, set } = page;
  const [isWhole, setWhole] = useState(false);
  const { flips, flipped, flippedRows } = comparison;
  if (flips.length === 0) return null;
  const byId = useMemo(() => new Map(rows.map((row) => [row.id, row])), [rows]);
  const groups = useMemo(() => groupFlips(flips), [flips]);
  const shown = isWhole ? groups : groups.slice(0, FIRST_FLIPS);
  const all = flipped.worse + flipped.better + flipped.flaky;
  const isOnly = isOneVariant(comparison);
  const notes = [
    words.flipsNote,
    ...(isOnly ? [] : [words.flipsOfVariants]),
    ...(groups.length < all ? [words.flipsShown(format, groups.length, all)] : []),
  ];
  return (
    <Section id="flips" topic={words.flips} finding={flippedText(page, comparison)} notes={notes}>
      <div class="flips">
        {shown.map((group) => (
          <FlipLine
            key={JSON.stringify([group.first.rowId, group.first.base, group.first.candidate, group.first.direction])}
            group={group}
            row={byId.get(group.first.rowId) ?? null}
            isOnly={isOnly}
          />
        ))}
      </div>
      <p class="flips-more">
        {shown.length < groups.length && (
          <button type="button" class="chip" onClick={() => setWhole(true)}>
            {words.showFlips(format, groups.length, groups.length === all)}
          </button>
        )}{' '}
        <button
          type="button"
          class="chip"
          onClick={() => {
            set({ query: '', filter: 'flipped' });
            document.getElementById('rows')?.scrollIntoView();
          }}
        >
          {words.flippedRows(format, flippedRows.length)}
        </button>
      </p>
    </Section>
  );
}

interface FlipProps {
  readonly group: FlipGroup;
  /** null until rows are read, and if the page lacks it. */
  readonly row: RowView | null;
  readonly isOnly: boolean;
}

function FlipLine({ group, row, isOnly }: FlipProps): JSX.Element {
  const page = usePage();
  const { words, set } = page;
  const { rowId, direction, baseOutput, candidateOutput, isCritical, isFlaky, base, candidate } = group.first;
  const scorers = group.flips.map(({ scorer }) => scorer).join(', ');
  const expected = row === null ? null : expectedOf(page, row);
  const marks = [isCritical ? words.critical : '', isFlaky ? words.flaky : ''].filter((mark) => mark !== '');
  return (
    <div class="flip">
      <span>
        <Sign kind={direction === 'worse' ? 'no' : 'ok'} label={direction === 'worse' ? '✕' : '✓'} />{' '}
        <a
          href={`#row=${encodeURIComponent(rowId)}`}
          onClick={(event) => {
            event.preventDefault();
            set({ open: [rowId], query: `id:"${rowId}"`, filter: 'all' });
            document.getElementById('rows')?.scrollIntoView();
          }}
        >
          <bdi>{rowId}</bdi>
        </a>
        <span class="quiet">
          {' '}
          {isOnly ? scorers : `${spokenNames(page, pairLabel(base, candidate))}, ${scorers}`} {marks.join(', ')}
        </span>
      </span>
      <p class="text" dir="auto">
        {row === null ? '' : preview(questionOf(page, row), 300)}
      </p>
      <div>
        {baseOutput === null || candidateOutput === null ? (
          <span class="quiet">{words.noAnswer}</span>
        ) : (
          <FlipAnswers before={baseOutput} after={candidateOutput} />
        )}
        {expected !== null && expected.text !== '' && (
          <p class="note">
            {words.expected}: <bdi>{preview(expected.text, 120)}</bdi>
          </p>
        )}
      </div>
    </div>
  );
}

function FlipAnswers({ before, after }: { readonly before: string; readonly after: string }): JSX.Element {
  const isShort = before.length <= 80 && after.length <= 80 && !/\s/.test(before.trim()) && !/\s/.test(after.trim());
  if (isShort && before !== after) {
    return (
      <p class="text">
        <del>{before}</del> <ins>{after}</ins>
      </p>
    );
  }
  return (
    <AnswerText
      value={{ text: after, length: null }}
      against={before === after ? null : { text: before, length: null }}
    />
  );
}
