import type { JSX } from 'preact';
import { type Mark, marksOf } from '../data/marks.ts';
import { askedText } from '../data/question.ts';
import type { RowView, TrialView } from '../data/row-view.ts';
import { preview } from '../data/visible.ts';
import { expectedOf } from './open-row.tsx';
import { type Page, usePage } from './page.ts';
import { Sign } from './parts.tsx';

/** What a row asks. */
export function questionOf({ questionColumn }: Pick<Page, 'questionColumn'>, row: RowView): string {
  return (questionColumn === null ? undefined : row.value(questionColumn)?.text) ?? askedText(row);
}

/** A row on one line: what was asked, what was expected, and a mark for each variant. */
export function RowLine({ row, isDense }: { readonly row: RowView; readonly isDense: boolean }): JSX.Element {
  const page = usePage();
  const { head, scorerPlace } = page;
  const marks = marksOf(row, head.variants.length, scorerPlace);
  return (
    <>
      <span role="gridcell" class="id">
        <bdi>{preview(row.id, 40)}</bdi>
      </span>
      <span role="gridcell" class="question" dir="auto">
        {preview(questionOf(page, row), 160)}
      </span>
      {head.expectedColumn !== null && (
        <span role="gridcell" class="expected">
          <bdi>{preview(expectedOf(page, row)?.text ?? '', 60)}</bdi>
        </span>
      )}
      {marks.map((mark, variant) => (
        <MarkCell key={variant} mark={mark} row={row} variant={variant} isDense={isDense} />
      ))}
    </>
  );
}

interface MarkProps {
  readonly mark: Mark | null;
  readonly row: RowView;
  readonly variant: number;
  readonly isDense: boolean;
}

function kindOf({ n, passed, failed, errored }: Mark): 'errored' | 'failed' | 'passed' | 'open' {
  if (errored === n) return 'errored';
  if (failed > 0) return 'failed';
  return passed > 0 ? 'passed' : 'open';
}

function MarkCell({ mark, row, variant, isDense }: MarkProps): JSX.Element {
  const { scorerPlace } = usePage();
  if (mark === null) return <span role="gridcell" class="mark" />;
  const kind = kindOf(mark);
  const trial = row.trials.find((one) => one.variant === variant);
  return (
    <span role="gridcell" class={`mark ${kind}`}>
      {kind === 'errored' && <Sign kind="error" label="!" />}
      {kind === 'failed' && <Sign kind="no" label="✕" />}
      {kind === 'passed' && <Sign kind="ok" label="✓" />}
      {kind === 'open' && scorerPlace >= 0 && '?'}
      {!isDense && trial !== undefined && <MarkText mark={mark} trial={trial} kind={kind} />}
    </span>
  );
}

function MarkText({
  mark,
  trial,
  kind,
}: {
  readonly mark: Mark;
  readonly trial: TrialView;
  readonly kind: ReturnType<typeof kindOf>;
}): JSX.Element | null {
  const { format, scorerPlace } = usePage();
  if (mark.n > 1) {
    return kind === 'passed' && mark.passed === mark.n ? null : (
      <span>{kind === 'errored' ? trial.errorCode : `${mark.passed}/${mark.n}`}</span>
    );
  }
  if (kind === 'errored') return <span>{trial.errorCode}</span>;
  const score = trial.score(scorerPlace);
  const isPartial = score !== null && score !== 0 && score !== 1;
  if (kind === 'passed') return isPartial ? <span>{format.decimal(score, 2)}</span> : null;
  return (
    <span>
      {isPartial && `${format.decimal(score, 2)} `}
      <bdi>{preview(trial.output.text, 40)}</bdi>
    </span>
  );
}
