import type { JSX } from 'preact';
import { coverageOf } from '../data/estimate.ts';
import { lostTexts } from '../data/lost.ts';
import { gateWhy } from '../data/reasons.ts';
import { type Page, usePage } from './page.ts';

function Fact({
  label,
  value,
  more = '',
}: {
  readonly label: string;
  readonly value: string;
  readonly more?: string;
}): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {value} {more !== '' && <small>{more}</small>}
      </dd>
    </div>
  );
}

/** Tokens of the run; those that are unknown are never 0. */
function Tokens(): JSX.Element {
  const page = usePage();
  const { head, words, format } = page;
  const { promptTokens, completionTokens, unknownTokens } = head.total;
  const hasNone = promptTokens + completionTokens === 0;
  const text = (tokens: number): string => (tokens === 0 && unknownTokens > 0 ? words.unknown : format.count(tokens));
  if (hasNone && unknownTokens > 0) return <Fact label={words.tokens} value={words.unknown} />;
  return (
    <div>
      <dt>{words.tokens}</dt>
      <dd>
        {text(promptTokens)} <small class="unit">{words.tokensIn}</small> {text(completionTokens)}{' '}
        <small class="unit">{words.tokensOut}</small>{' '}
        {unknownTokens > 0 && <small>{unknownText(page, unknownTokens)}</small>}
      </dd>
    </div>
  );
}

/** How many answers a sum leaves out. */
function unknownText({ words, format }: Page, count: number): string {
  return `+ ${format.count(count)} ${words.unknown}`;
}

/** The part of what was paid that was for results which are not part of the run any more. */
function unusedText({ head, words, format }: Page): string {
  if (head.unused === null) return '';
  const { results, costs, unknownCosts } = head.unused;
  const known = format.costs(costs);
  const unknown = unknownCosts === 0 ? [] : [`${format.count(unknownCosts)} ${words.unknown}`];
  return words.paidForUnused(format, [...(known === '' ? [] : [known]), ...unknown].join(' + '), results);
}

/** What the run did and what it took. */
export function Facts(): JSX.Element {
  const page = usePage();
  const { head, words, format } = page;
  const { total, run, gates } = head;
  const { costs, unknownCosts } = head.paid.inAll;
  const paid = format.costs(costs);
  const { tookMs = 0, pausedMs = 0 } = head.clock ?? {};
  const wasted = format.costs(total.wastedCosts);
  const estimate = useEstimateText();
  const besides = paid !== '' && unknownCosts > 0 ? unknownText(page, unknownCosts) : estimate;
  const made = words.calls(format, total.calls, total.wastedCalls);
  const calls = wasted === '' ? made : `${made}, ${words.paidForFailed(wasted)}`;
  const passed = gates.filter((gate) => gate.passed).length;
  return (
    <dl class="facts">
      <Fact
        label={words.answers}
        value={words.ofN(format.count(total.completed), format.count(run.trials))}
        more={total.cached > 0 ? words.cached(format, total.cached) : ''}
      />
      <Fact label={words.errored} value={format.count(total.errored)} more={words.cutOff(format, total.cut)} />
      <Fact
        label={words.paid}
        value={paid === '' ? (unknownCosts > 0 ? words.unknown : '–') : paid}
        more={[besides, unusedText(page), ...lostTexts(page, head.lost)].filter((text) => text !== '').join('; ')}
      />
      <Tokens />
      <Fact
        label={words.took}
        value={tookMs > 0 ? format.duration(tookMs) : '–'}
        more={pausedMs > 0 ? `${calls}, ${words.paused(format, pausedMs)}` : calls}
      />
      <Fact
        label={words.gates}
        value={
          gates.length === 0 ? words.gatesNone : words.gatesPassed(format.count(passed), format.count(gates.length))
        }
      />
    </dl>
  );
}

function useEstimateText(): string {
  const { head, words, format } = usePage();
  const [cost, ...others] = head.estimate?.costs ?? [];
  if (cost === undefined || others.length > 0) return '';
  const { currency, expected, ceiling } = cost;
  const amount = expected ?? ceiling;
  if (amount === null) return '';
  const money = format.money({ total: amount, currency });
  const estimate = expected === null ? words.estimatedMost(money) : words.estimated(money);
  return estimate + words.estimateCovers(format, coverageOf(head, currency));
}

/** Failed gates that are written out: of many variants, each may fail one. */
const MOST_GATES = 12;

/** Gates of the run, if it has any that failed. */
export function Gates(): JSX.Element | null {
  const page = usePage();
  const { head, words, format } = page;
  const failed = head.gates.filter(({ passed }) => !passed);
  if (failed.length === 0) return null;
  return (
    <ul class="gates">
      {failed.slice(0, MOST_GATES).map((gate) => (
        <li key={`${gate.name} ${gate.why}`} class="bad">
          <b>
            {words.gatesFail}: {gate.name}
          </b>{' '}
          {gateWhy(page, gate)}
        </li>
      ))}
      {failed.length > MOST_GATES && <li>{words.andMore(format.count(failed.length - MOST_GATES))}</li>}
    </ul>
  );
}
