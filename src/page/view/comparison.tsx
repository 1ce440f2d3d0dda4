import type { JSX } from 'preact';
import { endingOf, failedGates, failsByVerdict, isAllSame } from '../../core/compare/ending.ts';
import { decimalsApart } from '../../core/compare/words.ts';
import type { Comparison, MeasurePair, ScorePair, VariantName } from '../../core/comparison.ts';
import type { PageComparison } from '../../core/page-data.ts';
import { shownChance } from '../../core/paired/chance.ts';
import { pairLabel } from '../../core/variant-name.ts';
import { type Axis, linearAxis } from '../charts/axis.ts';
import { AxisMarks, IntervalBar } from '../charts/interval.tsx';
import {
  changeLead,
  flippedText,
  isOneVariant,
  measuresText,
  pairVerdictText,
  verdictText,
} from '../data/comparison.ts';
import { spokenNames } from '../data/names.ts';
import { gateWhy, unsoundWhys } from '../data/reasons.ts';
import type { RowView } from '../data/row-view.ts';
import { Flips } from './flips.tsx';
import { chanceText, type Page, usePage } from './page.ts';
import { OtherName, Section, Sign } from './parts.tsx';

/** The verdict of a comparison, first of all. */
export function ComparisonHead({ comparison }: { readonly comparison: PageComparison }): JSX.Element {
  const page = usePage();
  const { words, format } = page;
  const { base, candidate, rowsInCommon } = comparison;
  const worst = isAllSame(comparison) ? null : worstPair(comparison);
  return (
    <div class="decision">
      <div>
        <p class="eye">
          <b>
            <bdi>{base.path}</bdi> → <bdi>{candidate.path}</bdi>
          </b>
          , {words.inCommon(format, rowsInCommon)}
        </p>
        <Ending comparison={comparison} />
        {isAllSame(comparison) && <p class="lead">{words.allAnswersSame}</p>}
        {worst !== null && <PairLead pair={worst} isOnly={isOneVariant(comparison)} />}
        {unsoundWhys(page, comparison).map((why) => (
          <p class="lead" key={why}>
            {why}
          </p>
        ))}
        <p class="lead small">{flippedText(page, comparison)}.</p>
      </div>
      {comparison.gates.length > 0 && (
        <div>
          <p class="caption">{words.gates}</p>
          <ul class="gates">
            {comparison.gates.map((gate) => (
              <li key={`${gate.name} ${gate.why}`}>
                <Sign kind={gate.passed ? 'ok' : 'no'} label={gate.passed ? '✓' : '✕'} /> <code>{gate.name}</code>{' '}
                {gateWhy(page, gate)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

/** The verdict on the scores, below the gates that failed for another reason. */
function Ending({ comparison }: { readonly comparison: Comparison }): JSX.Element {
  const page = usePage();
  const { words } = page;
  const verdict = verdictText(page, comparison);
  const ending = endingOf(comparison);
  if (ending === 'ungated') {
    return (
      <>
        <h1 class="bad">{verdict}</h1>
        <p class="lead small">{words.ungated}</p>
      </>
    );
  }
  if (ending !== 'failed' || failsByVerdict(comparison)) {
    return <h1 class={ending === 'passed' ? '' : 'bad'}>{verdict}</h1>;
  }
  return (
    <>
      <h1 class="bad">{words.gatesFailed(failedGates(comparison.gates))}</h1>
      <p class="lead">{words.scoresVerdict(verdict)}</p>
    </>
  );
}

/** The pair that a reader should know of first: the largest loss of the overall verdict. */
function worstPair({ pairs, verdict }: Comparison): ScorePair | null {
  const same = pairs.filter((pair) => pair.verdict === verdict && pair.delta !== null);
  const sign = verdict === 'improved' ? -1 : 1;
  return same.toSorted((one, other) => sign * ((one.delta ?? 0) - (other.delta ?? 0)))[0] ?? null;
}

function PairLead({ pair, isOnly }: { readonly pair: ScorePair; readonly isOnly: boolean }): JSX.Element | null {
  const page = usePage();
  const { words, format } = page;
  const { base, candidate, delta, baseMean, candidateMean, interval, scorer } = pair;
  const subject = isOnly ? words.theCandidate : spokenNames(page, pairLabel(base, candidate));
  if (delta === null || baseMean === null || candidateMean === null) return null;
  const decimals = decimalsApart(baseMean, candidateMean);
  const range =
    interval === null ? '' : ` (${words.ci(format.decimal(interval.low * 100), format.decimal(interval.high * 100))})`;
  const chance = shownChance(pair);
  return (
    <p class="lead">
      {changeLead(page, subject, delta)} <b>{scorer}</b>: {format.percent(baseMean, decimals)} →{' '}
      {format.percent(candidateMean, decimals)}
      {range}
      {chance !== null && `, ${chanceText(page, chance)}`}.
    </p>
  );
}

/** The pairs of a comparison, what they use, and the rows that flipped. */
export function ComparisonParts({
  comparison,
  rows,
}: {
  readonly comparison: PageComparison;
  readonly rows: readonly RowView[];
}): JSX.Element {
  return (
    <>
      <ScorePairs comparison={comparison} />
      <Measures comparison={comparison} />
      <Flips comparison={comparison} rows={rows} />
    </>
  );
}

function ScorePairs({ comparison }: { readonly comparison: Comparison }): JSX.Element {
  const { words, format } = usePage();
  const { pairs, margin, unsound } = comparison;
  const isSound = unsound.length === 0;
  const known = pairs.filter(({ delta }) => delta !== null);
  const ends = known.flatMap(({ delta, interval }) =>
    [delta ?? 0, interval?.low ?? 0, interval?.high ?? 0].map((end) => 100 * end),
  );
  const axis = linearAxis([0, -100 * margin, ...ends], 5, 1);
  const worse = pairs.filter(({ verdict }) => verdict === 'regressed').length;
  return (
    <Section
      id="pairs0"
      topic={words.sections.pairs0}
      finding={isSound ? words.pairsOf(format, worse, pairs.length) : words.noVerdict}
      notes={[
        words.marginNote(format, Number((100 * margin).toFixed(6))),
        // Of one there is nothing to correct for.
        ...(pairs.length > 1 ? [words.pairsNote2] : []),
      ]}
    >
      <table class="figures">
        <thead>
          <tr>
            <th>{words.variant}</th>
            <th class="number">{words.base}</th>
            <th class="number">{words.candidate}</th>
            <th class="chart">
              <AxisMarks axis={axis} textOf={(tick) => format.signed(tick, 0)} />
            </th>
            <th class="number">{words.points}</th>
            <th class="number">p</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {pairs.map((pair) => (
            <PairRow key={keyOf(pair)} pair={pair} axis={axis} margin={margin} isSound={isSound} />
          ))}
        </tbody>
      </table>
    </Section>
  );
}

function keyOf({
  base,
  candidate,
  scorer,
}: {
  readonly base: VariantName;
  readonly candidate: VariantName;
  readonly scorer: string;
}): string {
  return JSON.stringify([base, candidate, scorer]);
}

function PairRow({
  pair,
  axis,
  margin,
  isSound,
}: {
  readonly pair: ScorePair;
  readonly axis: Axis;
  readonly margin: number;
  readonly isSound: boolean;
}): JSX.Element {
  const page = usePage();
  const { words, format } = page;
  const { base, candidate, scorer, baseMean, candidateMean, delta, interval, verdict } = pair;
  const decimals = baseMean === null || candidateMean === null ? 1 : decimalsApart(baseMean, candidateMean);
  const chance = shownChance(pair);
  const kind = verdict === 'regressed' ? 'worse' : verdict === 'improved' ? 'chosen' : '';
  return (
    <tr>
      <td>
        <OtherName text={spokenNames(page, pairLabel(base, candidate))} /> <span class="quiet">{scorer}</span>
      </td>
      <td class="number" data-label={words.base}>
        {baseMean === null ? '–' : format.percent(baseMean, decimals)}
      </td>
      <td class="number" data-label={words.candidate}>
        {candidateMean === null ? '–' : format.percent(candidateMean, decimals)}
      </td>
      <td class="chart">
        <IntervalBar
          axis={axis}
          mean={delta === null ? null : 100 * delta}
          interval={interval === null ? null : { low: 100 * interval.low, high: 100 * interval.high }}
          kind={kind}
          zero={0}
          shade={{ low: -100 * margin, high: 0 }}
        />
      </td>
      <td class={verdict === 'regressed' ? 'number bad' : 'number'} data-label={words.points}>
        {delta === null ? '–' : format.signed(100 * delta)}
      </td>
      <td class="number" data-label="p">
        {chance === null ? '–' : format.chance(chance.pValue)}
        {typeof chance?.corrected === 'number' && (
          <span class="quiet"> {words.corrected(format.chance(chance.corrected))}</span>
        )}
      </td>
      <td class={verdict === 'regressed' ? 'bad' : 'quiet'}>{pairVerdictText(page, pair, isSound)}</td>
    </tr>
  );
}

function Measures({ comparison }: { readonly comparison: Comparison }): JSX.Element | null {
  const page = usePage();
  const { words, format } = page;
  const known = comparison.measures.filter(({ verdict }) => verdict !== 'not known');
  const isOnly = isOneVariant(comparison);
  const isSound = comparison.unsound.length === 0;
  if (known.length === 0) return null;
  const changes = known.flatMap(({ ratio, interval }) =>
    [ratio ?? 1, interval?.low ?? 1, interval?.high ?? 1].map((one) => 100 * (one - 1)),
  );
  const axis = linearAxis([-10, 10, ...changes], 5);
  return (
    <Section
      id="measures"
      topic={words.measures}
      finding={isSound ? measuresText(page, comparison.measures) : words.noVerdict}
      notes={[words.measureNote]}
    >
      <table class="figures">
        <thead>
          <tr>
            <th>{words.variant}</th>
            <th class="number">{words.base}</th>
            <th class="number">{words.candidate}</th>
            <th class="chart">
              <AxisMarks axis={axis} textOf={(tick) => format.signedPercent(tick, 0)} />
            </th>
            <th class="number">{words.change}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {known.map((measure) => (
            <MeasureRow
              key={`${pairLabel(measure.base, measure.candidate)} ${measure.measure}`}
              pair={measure}
              axis={axis}
              isOnly={isOnly}
              isSound={isSound}
            />
          ))}
        </tbody>
      </table>
    </Section>
  );
}

function MeasureRow({
  pair,
  axis,
  isOnly,
  isSound,
}: {
  readonly pair: MeasurePair;
  readonly axis: Axis;
  readonly isOnly: boolean;
  readonly isSound: boolean;
}): JSX.Element {
  const page = usePage();
  const { words, format } = page;
  const { base, candidate, measure, baseMean, candidateMean, ratio, interval, verdict, n, rows } = pair;
  return (
    <tr>
      <td>
        {words.measureNames[measure]} {!isOnly && <OtherName text={spokenNames(page, pairLabel(base, candidate))} />}
        {n < rows && <span class="quiet">{words.ofRowsN(format, n, rows)}</span>}
      </td>
      <td class="number" data-label={words.base}>
        {measureText(page, pair, baseMean)}
      </td>
      <td class="number" data-label={words.candidate}>
        {measureText(page, pair, candidateMean)}
      </td>
      <td class="chart">
        <IntervalBar
          axis={axis}
          mean={ratio === null ? null : change(ratio)}
          interval={interval === null ? null : { low: change(interval.low), high: change(interval.high) }}
          zero={0}
        />
      </td>
      <td class="number" data-label={words.change}>
        {ratio === null ? '–' : format.change(ratio)}
      </td>
      <td class="quiet">{isSound && words.measureVerdicts[verdict]}</td>
    </tr>
  );
}

/** A ratio as a change in percent. */
function change(ratio: number): number {
  return 100 * (ratio - 1);
}

function measureText({ format }: Page, { measure, unit }: MeasurePair, mean: number | null): string {
  if (mean === null) return '–';
  if (measure === 'cost') return format.money({ total: String(mean), currency: unit ?? '' });
  return measure === 'latency' ? format.duration(mean) : format.decimal(mean);
}
