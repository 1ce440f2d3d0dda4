import type { JSX } from 'preact';
import { usePage } from './page.ts';

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

/** What the run did and what it took. */
export function Facts(): JSX.Element {
  const { head, words, format } = usePage();
  const { total, run, gates } = head;
  const paid = total.costs.map((cost) => format.money(cost)).join(' + ');
  const { tookMs = 0, pausedMs = 0 } = head.clock ?? {};
  const calls = words.calls(format, total.calls, total.wastedCalls);
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
        value={paid === '' ? (total.unknownCosts > 0 ? words.unknown : '–') : paid}
        more={
          paid !== '' && total.unknownCosts > 0
            ? `+ ${format.count(total.unknownCosts)} ${words.unknown}`
            : useEstimateText()
        }
      />
      <div>
        <dt>{words.tokens}</dt>
        <dd>
          {format.count(total.promptTokens)} <small class="unit">{words.tokensIn}</small>{' '}
          {format.count(total.completionTokens)} <small class="unit">{words.tokensOut}</small>
        </dd>
      </div>
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
  if (expected !== null) return words.estimated(format.money({ total: expected, currency }));
  return ceiling === null ? '' : words.estimatedMost(format.money({ total: ceiling, currency }));
}

/** Gates of the run, if it has any that failed. */
export function Gates(): JSX.Element | null {
  const { head, words } = usePage();
  const failed = head.gates.filter(({ passed }) => !passed);
  if (failed.length === 0) return null;
  return (
    <ul class="gates">
      {failed.map(({ name, why }) => (
        <li key={name} class="bad">
          <b>
            {words.gatesFail}: {name}
          </b>{' '}
          {why}
        </li>
      ))}
    </ul>
  );
}
