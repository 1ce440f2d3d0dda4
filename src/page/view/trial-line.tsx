import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { isCutOff } from '../../core/finish-reason.ts';
import { curlText, trialJson } from '../data/request.ts';
import type { RowView, TrialView } from '../data/row-view.ts';
import { useLabels } from './labels.ts';
import { type Page, usePage } from './page.ts';
import { Name, Sign } from './parts.tsx';

/** One trial: who gave the answer, its scores, and what it took. What is normal is not said. */
export function TrialLine({ row, trial }: { readonly row: RowView; readonly trial: TrialView }): JSX.Element {
  const { head, words } = usePage();
  return (
    <div class="trial" data-v={trial.variant}>
      <span class="who">
        <Name variant={trial.variant} />
        {head.run.repeats > 1 && <span class="quiet"> {words.repeatN(trial.repeat)}</span>}
      </span>
      <span class="scores">
        {head.scorers.map((name, place) => (
          <ScoreMark
            key={name}
            name={name}
            value={trial.score(place)}
            passed={trial.passed(place)}
            reason={trial.reason(place)}
            isAnswered={trial.isAnswered}
          />
        ))}
      </span>
      <Spent trial={trial} />
      <More row={row} trial={trial} />
    </div>
  );
}

interface ScoreProps {
  readonly name: string;
  readonly value: number | null;
  readonly passed: boolean | null;
  readonly reason: string;
  readonly isAnswered: boolean;
}

function ScoreMark({ name, value, passed, reason, isAnswered }: ScoreProps): JSX.Element | null {
  const { format, words } = usePage();
  if (!isAnswered) return null;
  const isPlain = value === 0 || value === 1;
  return (
    <span class="score">
      {passed === null ? <span title={words.notScored}>?</span> : <Sign kind={passed ? 'ok' : 'no'} />}{' '}
      <bdi>{name}</bdi>
      {value !== null && !isPlain && ` ${format.decimal(value, 2)}`}
      {passed === null && <span class="quiet"> {words.notScored}</span>}
      {reason !== '' && <span class="reason"> {reason}</span>}
    </span>
  );
}

function Spent({ trial }: { readonly trial: TrialView }): JSX.Element {
  const { format, words } = usePage();
  const { promptTokens, completionTokens, cost, currency, latencyMs, finish, attempts, isCached } = trial;
  const unusual = [
    finish === '' || finish === 'stop' ? '' : isCutOff(finish) ? words.cut : finish,
    attempts > 1 ? words.attempts(attempts) : '',
    isCached ? words.fromCache : '',
  ].filter((text) => text !== '');
  const countText = (count: number | null): string => (count === null ? '?' : format.count(count));
  const tokens =
    promptTokens === null && completionTokens === null
      ? ''
      : `${countText(promptTokens)} + ${countText(completionTokens)}`;
  return (
    <span class="spent">
      {unusual.length > 0 && <span class="bad">{unusual.join(', ')}</span>}
      <span title={words.tokens}>{tokens}</span>
      <span title={words.cost}>{cost === null ? '' : format.money({ total: String(cost), currency })}</span>
      <span title={words.time}>{latencyMs === null || isCached ? '' : format.duration(latencyMs)}</span>
    </span>
  );
}

function More({ row, trial }: { readonly row: RowView; readonly trial: TrialView }): JSX.Element {
  const page = usePage();
  const { words, head } = page;
  const { labels, change } = useLabels();
  const label = labels.get(trial.id) ?? { mark: '', note: '' };
  return (
    <details class={label.mark === '' && label.note === '' ? 'more' : 'more labelled'}>
      <summary aria-label={words.label}>{label.mark === '' ? '…' : words.labels[label.mark]}</summary>
      <div>
        {(['good', 'bad'] as const).map((mark) => (
          <button
            type="button"
            class="chip"
            key={mark}
            aria-pressed={label.mark === mark}
            onClick={() => change(trial.id, { mark: label.mark === mark ? '' : mark })}
          >
            {words.labels[mark]}
          </button>
        ))}
        <input
          aria-label={words.note}
          placeholder={words.note}
          value={label.note}
          onInput={({ currentTarget }) => change(trial.id, { note: currentTarget.value })}
        />
        <Copy text={words.copyJson} make={() => trialJson(row, trial, head)} />
        {canCurl(page, row, trial) && (
          <Copy text={words.copyCurl} make={() => curlText(askedOf(page, row, trial)) ?? ''} />
        )}
      </div>
    </details>
  );
}

function askedOf({ head }: Page, row: RowView, trial: TrialView): Parameters<typeof curlText>[0] {
  const variant = head.analysis.variants[trial.variant];
  if (variant === undefined) throw new Error(`no variant ${trial.variant}`);
  const prompt = Math.max(
    0,
    head.prompts.findIndex(({ name }) => name === variant.prompt),
  );
  const params = head.request.params[trial.variant] ?? {};
  return { variant, params, messages: row.messages(prompt), request: head.request };
}

function canCurl(page: Page, row: RowView, trial: TrialView): boolean {
  return curlText(askedOf(page, row, trial)) !== null;
}

function Copy({ text, make }: { readonly text: string; readonly make: () => string }): JSX.Element {
  const { words } = usePage();
  const [isDone, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    await copyText(make());
    setDone(true);
  };
  return (
    <button type="button" class="chip" onClick={() => void copy()}>
      <span aria-live="polite">{isDone ? words.copied : text}</span>
    </button>
  );
}

/** Some browsers give pages from a disk no clipboard; the old way needs a selected text. */
async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}
