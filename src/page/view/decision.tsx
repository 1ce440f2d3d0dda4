import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { AnalysedVariant, ScorerAnalysis } from '../../core/analysis/analysis.ts';
import { aheadOfBest } from '../../core/analysis/choice-basis.ts';
import { ROUNDING } from '../../core/rounding.ts';
import type { Interval } from '../../core/stats/wilson.ts';
import { type Choice, cheapestOf, equalsOf, isEven, knownCost, leastOf, type Rule } from '../data/choice.ts';
import { AllZero, NoAnswers, NoneScored, NoScorer } from './no-choice.tsx';
import { namesText, type Page, sentenceName, usePage } from './page.ts';
import { Name, Select } from './parts.tsx';

/** A 95 % interval in points, in words. */
export function rangeText({ words, format }: Pick<Page, 'words' | 'format'>, interval: Interval | null): string {
  return interval === null ? '' : words.ci(format.decimal(interval.low), format.decimal(interval.high));
}

/** What a reader came for: which variant to take, and what is not known. */
export function Decision({
  choice,
  rule,
  onRule,
}: {
  readonly choice: Choice;
  readonly rule: Rule;
  readonly onRule: (rule: Rule) => void;
}): JSX.Element {
  const { head, scorer } = usePage();
  const obstacle = scorer?.choice.obstacle ?? null;
  const hasHeadline = scorer !== null && choice.best !== null && obstacle !== 'nothing scored';
  return (
    <div class="decision">
      <div>
        {hasHeadline ? <Headline choice={choice} rule={rule} scorer={scorer} /> : <NoChoice />}
        {hasHeadline && obstacle === null && <RuleControls rule={rule} onRule={onRule} />}
      </div>
      {head.variants.length > 1 && <Picks choice={choice} />}
    </div>
  );
}

function NoChoice(): JSX.Element {
  const { head, scorer } = usePage();
  if (head.total.completed === 0) return <NoAnswers />;
  if (scorer === null) return <NoScorer />;
  return scorer.choice.obstacle === 'nothing scored' ? <AllZero /> : <NoneScored scorer={scorer} />;
}

function eyebrow(page: Page, choice: Choice, rule: Rule): readonly [string, string] {
  const { words, format, head, scorer } = page;
  const { variants } = head.analysis;
  if (variants.length === 1) return [words.oneVariant, ''];
  const known = variants.filter((variant) => knownCost(variant) !== null).length;
  if (scorer?.choice.obstacle !== null || known === 0)
    return [scorer !== null && isEven(scorer) ? words.even : words.highest, ''];
  const how = rule.isCertain ? words.forCertain : words.asFar(format, choice.units, head.analysis.clusters !== null);
  if (choice.variant === null) return [known < variants.length ? words.noneGoodKnown : words.noneGood, how];
  if (known < variants.length) return [words.cheapestGoodKnown, how];
  return [choice.goodOnes === 1 ? words.onlyGood : words.cheapestGood, how];
}

function Headline({
  choice,
  rule,
  scorer,
}: {
  readonly choice: Choice;
  readonly rule: Rule;
  readonly scorer: ScorerAnalysis;
}): JSX.Element {
  const page = usePage();
  const { names, words, format, head } = page;
  const { obstacle } = scorer.choice;
  const shown = obstacle === null ? (choice.variant ?? choice.best) : choice.best;
  const [eye, how] = eyebrow(page, choice, rule);
  const { model = '', temperature = '' } = shown === null ? {} : (names[shown] ?? {});
  return (
    <>
      <p class="eye">
        <b>{eye}</b>
        {how !== '' && `, ${how}`}
      </p>
      <h1>
        <bdi>{model}</bdi>
        {temperature !== '' && <span> {words.at(temperature)}</span>}
      </h1>
      {shown !== null && <Lead variant={shown} choice={choice} scorer={scorer} />}
      {shown === choice.variant && choice.equals.length > 0 && (
        <p class="lead small">{words.costAndScoreSame(namesText(page, choice.equals), choice.equals.length)}</p>
      )}
      {obstacle === 'few' && (
        <p class="lead small">{words.fewRows(format, choice.units, head.analysis.clusters !== null)}</p>
      )}
      {obstacle === 'other rows' && <p class="lead small">{words.otherRows}</p>}
      {obstacle === null && choice.variant === null && <p class="lead small">{words.noneWhy}</p>}
      <Detecting choice={choice} />
    </>
  );
}

function Lead({
  variant,
  choice,
  scorer,
}: {
  readonly variant: number;
  readonly choice: Choice;
  readonly scorer: ScorerAnalysis;
}): JSX.Element {
  const page = usePage();
  const { words, format, head } = page;
  const entry = scorer.leaderboard.find((one) => one.variant === variant);
  const interval = entry?.interval ?? null;
  const mean = entry?.mean ?? null;
  const ends =
    interval === null
      ? ''
      : ` (${words.ci(format.decimal(interval.low * 100, 0), format.decimal(interval.high * 100, 0))})`;
  return (
    <p class="lead">
      {words.scores} <b>{mean === null ? '–' : format.percent(mean)}</b>
      {ends}
      <Gap variant={variant} choice={choice} />{' '}
      <Saving variant={variant} choice={choice} costs={head.analysis.variants} />
    </p>
  );
}

function Gap({ variant, choice }: { readonly variant: number; readonly choice: Choice }): JSX.Element | string {
  const page = usePage();
  const { words, format, head, scorer } = page;
  const { loss, best } = choice;
  if (best === null || variant === best) {
    const ahead = scorer === null ? [] : aheadOfBest(scorer);
    if (ahead.length > 0) return words.aheadOnCommon(namesText(page, ahead), ahead.length);
    return head.variants.length > 1 ? words.bestOfAll : '.';
  }
  if (loss === null) return '.';
  const size = format.decimal(Math.abs(loss.points));
  const isSame = Math.abs(loss.points) < 100 * ROUNDING;
  const lead = isSame ? words.same : loss.points > 0 ? words.below(size) : words.above(size);
  const range = rangeText(page, loss.interval);
  const isShown = loss.comparison?.verdict !== 'none shown';
  return (
    <>
      {lead} <b>{sentenceName(page, best)}</b>
      {range !== '' && ` (${range})`}, {isShown ? words.significant : words.notSignificant}.
    </>
  );
}

function Saving(props: {
  readonly variant: number;
  readonly choice: Choice;
  readonly costs: readonly AnalysedVariant[];
}): JSX.Element | string {
  const { words, format } = usePage();
  const { variant, choice, costs } = props;
  const [own, best] = [costs[variant], choice.best === null ? undefined : costs[choice.best]];
  const cost = own === undefined ? null : knownCost(own);
  if (cost === null) return words.unknownCost;
  const than = best === undefined ? null : knownCost(best);
  const isOther = variant !== choice.best && than !== null && than.currency === cost.currency;
  return (
    <>
      {words.costs} <b>{format.money(cost)}</b>
      {isOther && (
        <>
          {' '}
          {words.insteadOf} <b>{format.money(than)}</b>
          {lessText(Number(than.total) / Number(cost.total), words, format)}
        </>
      )}
      .
    </>
  );
}

function lessText(factor: number, words: Page['words'], format: Page['format']): string {
  if (!Number.isFinite(factor) || factor <= 1) return '';
  if (factor >= 2) return words.timesLess(format, factor);
  return words.percentLess(format.percent(1 - 1 / factor, 0));
}

function Detecting({ choice }: { readonly choice: Choice }): JSX.Element | null {
  const { words, format } = usePage();
  const power = choice.loss?.comparison?.power ?? null;
  if (power === null || power.moreRows === null || power.moreRows === 0) return null;
  const cost = power.cost === null ? '' : format.roughMoney(power.cost);
  return <p class="lead small">{words.detecting(format, power.points, power.moreRows, cost)}</p>;
}

function RuleControls({ rule, onRule }: { readonly rule: Rule; readonly onRule: (rule: Rule) => void }): JSX.Element {
  const { words } = usePage();
  return (
    <form class="rule" onSubmit={(event) => event.preventDefault()}>
      <span>{words.goodEnough}</span>
      <Select
        label={words.ruleLabel}
        values={['within', 'least']}
        textOf={(kind) => (kind === 'within' ? words.within : words.atLeast)}
        value={rule.kind}
        onChoose={(kind) => onRule({ ...rule, kind, points: kind === 'within' ? 10 : 80 })}
      />
      <input
        type="number"
        min="0"
        max="100"
        step="any"
        aria-label={words.pointsLabel}
        value={rule.points}
        onInput={({ currentTarget }) => onRule({ ...rule, points: Number(currentTarget.value) || 0 })}
      />
      <span>{rule.kind === 'within' ? words.pointsOfBest(rule.points) : words.percentSign}</span>
      <Select
        label={words.certaintyLabel}
        values={['shown', 'certain']}
        textOf={(value) => (value === 'certain' ? words.certain : words.asShown)}
        value={rule.isCertain ? 'certain' : 'shown'}
        onChoose={(value) => onRule({ ...rule, isCertain: value === 'certain' })}
      />
    </form>
  );
}

/** The rule and its setter. */
export function useRule(points: number): readonly [Rule, (rule: Rule) => void] {
  return useState<Rule>({ kind: 'within', points, isCertain: false });
}

function Picks({ choice }: { readonly choice: Choice }): JSX.Element | null {
  const page = usePage();
  const { words, format, head, scorer } = page;
  const picks = picksOf(page, choice);
  if (picks.length === 0) return null;
  return (
    <table class="figures picks">
      <thead>
        <tr>
          <th />
          <th>{words.variant}</th>
          {scorer !== null && <th class={isShort(scorer.scorer) ? 'number whole' : 'number'}>{scorer.scorer}</th>}
          <th class="number">{words.perThousand}</th>
          <th class="number wide">{words.p95}</th>
        </tr>
      </thead>
      <tbody>
        {picks.map(({ label, variant, isChosen, equals }) => {
          const facts = head.analysis.variants[variant];
          const cost = facts === undefined ? null : knownCost(facts);
          const mean = scorer?.leaderboard.find((entry) => entry.variant === variant)?.mean ?? null;
          const p95 = head.variants[variant]?.p95 ?? null;
          return (
            <tr key={label} class={isChosen ? 'chosen' : ''} data-v={variant}>
              <td>{label}</td>
              <td>
                <Name variant={variant} />
                {equals > 0 && <span class="quiet equals"> {words.andEqual(format.count(equals))}</span>}
              </td>
              {scorer !== null && <td class="number">{mean === null ? '–' : format.percent(mean)}</td>}
              <td class="number">{cost === null ? words.unknown : format.money(cost)}</td>
              <td class="number wide">{p95 === null ? '–' : format.duration(p95)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Characters of a word for which a narrow column has room. */
const MOST_OF_WORD = 12;

function isShort(text: string): boolean {
  return text.split(/[\s-]/).every((word) => word.length <= MOST_OF_WORD);
}

interface Picked {
  readonly label: string;
  readonly variant: number;
  readonly isChosen: boolean;
  /** Others that are as good by what it is picked for. */
  readonly equals: number;
}

function picksOf({ words, head, scorer }: Page, { best, variant, equals }: Choice): readonly Picked[] {
  const { variants } = head.analysis;
  const times = head.variants.map(({ p95 }) => p95);
  const costs = variants.map((one) => knownCost(one)?.total ?? null);
  const means = variants.map(
    (_one, place) => scorer?.leaderboard.find((entry) => entry.variant === place)?.mean ?? null,
  );
  const [cheapest, fastest] = [cheapestOf(variants), leastOf(times)];
  const highest = scorer !== null && isEven(scorer) ? null : best;
  const picks: readonly (readonly [string, number | null, number])[] = [
    [words.highest, highest, equalsOf(means, highest)],
    [words.pickGood, variant, equals.length],
    [words.cheapest, cheapest, equalsOf(costs, cheapest)],
    [words.fastest, fastest, equalsOf(times, fastest)],
  ];
  return picks.flatMap(([label, place, others]): readonly Picked[] => {
    return place === null ? [] : [{ label, variant: place, isChosen: label === words.pickGood, equals: others }];
  });
}
