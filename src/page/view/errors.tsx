import type { JSX } from 'preact';
import type { ErrorCount } from '../../core/error-tally.ts';
import type { PageClock } from '../../core/page-data.ts';
import { Marks } from '../charts/interval.tsx';
import { commonestCode } from '../data/errors.ts';
import { usePage } from './page.ts';
import { Failure, Flagged, Section } from './parts.tsx';

const MOST_REASONS = 12;

/** Why trials errored, and when, beside answers, calls in flight and retries. */
export function Errors({ onSearch }: { readonly onSearch: (query: string) => void }): JSX.Element {
  const { head, words, format } = usePage();
  const { errors, clock, total, run } = head;
  const retried = sum(clock?.retried ?? []);
  const most = commonestCode(errors);
  const isFree = most === null || total.errored === 0;
  const finding = isFree ? words.noErrors : words.errorsN(format, total.errored, run.trials, most);
  if (isFree && retried === 0) {
    return <Section id="errors" topic={words.sections.errors} finding={finding} notes={[]} />;
  }
  const notes = [...(isFree ? [] : [words.errorsNote]), words.errorsNote2, ...(retried > 0 ? [words.errorsNote3] : [])];
  return (
    <Section id="errors" topic={words.sections.errors} finding={finding} notes={notes}>
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
          <QuietRow name={words.answers} figure={format.count(total.completed)} counts={clock?.answers ?? []} />
          {clock !== null && (
            <QuietRow
              name={words.inFlight}
              figure={words.inFlightMost(format.count(Math.max(...clock.inFlight, 0)))}
              counts={clock.inFlight}
            />
          )}
          {retried > 0 && (
            <QuietRow name={words.retried} figure={format.count(retried)} counts={clock?.retried ?? []} />
          )}
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
      {!isFree && (
        <p class="note">
          <Flagged text={words.retry} />
        </p>
      )}
    </Section>
  );
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** What was normal at the time. */
function QuietRow({
  name,
  figure,
  counts,
}: {
  readonly name: string;
  readonly figure: string;
  readonly counts: readonly number[];
}): JSX.Element {
  const { clock } = usePage().head;
  return (
    <tr>
      <td class="quiet">{name}</td>
      <td class="number quiet">{figure}</td>
      <td class="chart">{clock !== null && <Spans clock={clock} counts={counts} kind="answers" />}</td>
      <td />
    </tr>
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
        <Failure code={code} reason={reason} />
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

function lengthOf({ answers, inFlight, errors }: PageClock): number {
  return Math.max(1, answers.length, inFlight.length, ...errors.map(({ length }) => length));
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
  const marks = [0, 0.25, 0.5, 0.75, 1].map((place) => {
    const timeMs = place * wholeMs;
    return { place, text: wholeMs < 10_000 ? format.duration(timeMs) : format.clock(timeMs) };
  });
  return <Marks marks={marks} />;
}
