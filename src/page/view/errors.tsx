import type { JSX } from 'preact';
import type { ErrorCount } from '../../core/error-tally.ts';
import type { PageClock } from '../../core/page-data.ts';
import { usePage } from './page.ts';
import { Section } from './parts.tsx';

const MOST_REASONS = 12;

/** Why trials errored, and when. */
export function Errors({ onSearch }: { readonly onSearch: (query: string) => void }): JSX.Element {
  const { head, words, format } = usePage();
  const { errors, clock, total, run } = head;
  const [first] = errors;
  if (first === undefined || total.errored === 0) {
    return <Section id="errors" topic={words.sections.errors} finding={words.noErrors} notes={[]} />;
  }
  const finding = words.errorsN(format, total.errored, run.trials, [first.count, first.code]);
  return (
    <Section id="errors" topic={words.sections.errors} finding={finding} notes={[words.errorsNote, words.errorsNote2]}>
      <table class="figures errors">
        <thead>
          <tr>
            <th>{words.reason}</th>
            <th class="number">{words.count}</th>
            <th class="chart">{clock !== null && <ClockMarks clock={clock} />}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          <tr>
            <td class="quiet">{words.answers}</td>
            <td class="number quiet">{format.count(total.completed)}</td>
            <td class="chart">{clock !== null && <Spans clock={clock} counts={clock.answers} kind="answers" />}</td>
            <td />
          </tr>
          {errors.slice(0, MOST_REASONS).map((error, place) => (
            <ErrorRow
              key={`${error.code} ${error.reason}`}
              error={error}
              clock={clock}
              place={place}
              onSearch={onSearch}
            />
          ))}
        </tbody>
      </table>
      <p class="note">{words.retry}</p>
    </Section>
  );
}

interface ErrorRowProps {
  readonly error: ErrorCount;
  readonly clock: PageClock | null;
  readonly place: number;
  readonly onSearch: (query: string) => void;
}

function ErrorRow({ error, clock, place, onSearch }: ErrorRowProps): JSX.Element {
  const { words, format } = usePage();
  const { code, reason, count } = error;
  return (
    <tr>
      <td class="reason">
        <b>{code}</b> <bdi>{reason}</bdi>
      </td>
      <td class="number bad">{format.count(count)}</td>
      <td class="chart">
        {clock !== null && <Spans clock={clock} counts={clock.errors[place] ?? []} kind="failures" />}
      </td>
      <td class="number">
        <button type="button" class="chip" onClick={() => onSearch(`error:${code}`)}>
          {words.show}
        </button>
      </td>
    </tr>
  );
}

function lengthOf({ answers, errors }: PageClock): number {
  return Math.max(1, answers.length, ...errors.map(({ length }) => length));
}

const HEIGHT = 26;

function Spans({
  clock,
  counts,
  kind,
}: {
  readonly clock: PageClock;
  readonly counts: readonly number[];
  readonly kind: string;
}): JSX.Element {
  const length = lengthOf(clock);
  const most = Math.max(1, ...counts);
  return (
    <svg
      class={`strip spans ${kind}`}
      viewBox={`0 0 ${length * 5} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <line class="base" x1="0" x2={length * 5} y1={HEIGHT} y2={HEIGHT} />
      {counts.map((count, span) => {
        const height = count === 0 ? 0 : Math.max(2, (HEIGHT - 2) * (count / most));
        // oxlint-disable-next-line no-array-index-key -- a span is its place
        return <rect key={span} x={span * 5} width="4" y={HEIGHT - height} height={height} />;
      })}
    </svg>
  );
}

function ClockMarks({ clock }: { readonly clock: PageClock }): JSX.Element {
  const { format } = usePage();
  const wholeMs = lengthOf(clock) * clock.spanMs;
  const marks = [0, 0.25, 0.5, 0.75, 1];
  return (
    <svg class="axis" aria-hidden="true">
      {marks.map((share) => (
        <text
          key={share}
          x={`${100 * share}%`}
          y="11"
          text-anchor={share === 0 ? 'start' : share === 1 ? 'end' : 'middle'}
        >
          {wholeMs < 10_000 ? format.duration(share * wholeMs) : format.clock(share * wholeMs)}
        </text>
      ))}
    </svg>
  );
}
