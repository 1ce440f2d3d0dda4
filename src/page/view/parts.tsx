import type { ComponentChildren, JSX } from 'preact';
import { codeText, reasonText } from '../data/errors.ts';
import { isLong, shortened } from '../data/names.ts';
import { sentenceName, usePage } from './page.ts';

/** What a long name has: it is broken into lines, and whole in a tooltip. */
function longName(name: string, whole: string): { readonly class: string; readonly title?: string } {
  return isLong(name) ? { class: 'name long', title: whole } : { class: 'name' };
}

/** A name of another side than this run's variants, such as a pair. */
export function OtherName({ text }: { readonly text: string }): JSX.Element {
  return (
    <span {...longName(text, text)}>
      <bdi>{text}</bdi>
    </span>
  );
}

/**
 * A variant's name; elements with the same `data-v` are highlighted together.
 * @param most characters of it, where there is no room for all
 */
export function Name({
  variant,
  most = Number.POSITIVE_INFINITY,
}: {
  readonly variant: number;
  readonly most?: number;
}): JSX.Element {
  const page = usePage();
  const { model, temperature } = page.names[variant] ?? { model: '', temperature: '' };
  const attributes = longName(model, sentenceName(page, variant));
  return (
    <span {...attributes} class={variant === page.chosen ? `${attributes.class} chosen` : attributes.class}>
      <bdi>{shortened(model, most)}</bdi>
      {temperature !== '' && <i> {temperature}</i>}
    </span>
  );
}

const FLAG = /(--[a-z][\w-]*(?: \d+)?)/;

/** A text in which the flags of commands are not broken into lines. */
export function Flagged({ text }: { readonly text: string }): JSX.Element {
  return (
    <>
      {text.split(FLAG).map((part, place) =>
        place % 2 === 0 ? (
          part
        ) : (
          <span key={part} class="flag">
            {part}
          </span>
        ),
      )}
    </>
  );
}

/** A part of the page: what it is about and what was found on the left, the evidence beside it. */
export function Section(props: {
  readonly id: string;
  readonly topic: string;
  readonly finding: string;
  readonly notes: readonly string[];
  readonly children?: ComponentChildren;
}): JSX.Element {
  const { id, topic, finding, notes, children } = props;
  return (
    <section class="part" id={id} aria-labelledby={`${id}-finding`}>
      <div class="rail">
        <p class="topic">{topic}</p>
        <h2 id={`${id}-finding`}>{finding}</h2>
        {notes.map((note) => (
          <p class="note" key={note}>
            <Flagged text={note} />
          </p>
        ))}
      </div>
      <div class="evidence">{children}</div>
    </section>
  );
}

const PATHS = { ok: 'M2 6.5 5 9.5 10.5 3', no: 'M3 3l6.5 6.5M9.5 3 3 9.5', error: 'M6 2v5.2M6 9.2v1.2' } as const;

/** ✓, ✕ or !. @param label for readers who hear the page; empty if a text says the same */
export function Sign({
  kind,
  label = '',
}: {
  readonly kind: keyof typeof PATHS;
  readonly label?: string;
}): JSX.Element {
  const hidden = label === '' ? { 'aria-hidden': true as const } : { role: 'img' as const, 'aria-label': label };
  return (
    <svg class={`sign ${kind}`} viewBox="0 0 12 12" {...hidden}>
      <path d={PATHS[kind]} />
    </svg>
  );
}

/** Buttons of which one is pressed. */
export function Choices<Value extends string>(props: {
  readonly label: string;
  readonly values: readonly Value[];
  readonly textOf: (value: Value) => string;
  readonly value: Value;
  readonly onChoose: (value: Value) => void;
}): JSX.Element {
  const { label, values, textOf, value, onChoose } = props;
  return (
    <span class="choices" role="group" aria-label={label}>
      {values.map((one) => (
        <button type="button" key={one} aria-pressed={one === value} onClick={() => onChoose(one)}>
          {textOf(one)}
        </button>
      ))}
    </span>
  );
}

/** A list to choose one of. */
export function Select<Value extends string>(props: {
  readonly label: string;
  readonly values: readonly Value[];
  readonly textOf: (value: Value) => string;
  readonly value: Value;
  readonly onChoose: (value: Value) => void;
}): JSX.Element {
  const { label, values, textOf, value, onChoose } = props;
  return (
    <select
      aria-label={label}
      value={value}
      onChange={({ currentTarget }) => {
        const chosen = values.find((one) => one === currentTarget.value);
        if (chosen !== undefined) onChoose(chosen);
      }}
    >
      {values.map((one) => (
        <option key={one} value={one}>
          {textOf(one)}
        </option>
      ))}
    </select>
  );
}

/** Why a call failed: its code, what that means, and the reason as it was stored. */
export function Failure({ code, reason }: { readonly code: string; readonly reason: string }): JSX.Element {
  const { words } = usePage();
  const meaning = codeText(words, code);
  return (
    <>
      <b>{code}</b> {meaning !== '' && `${meaning}: `}
      <bdi>{reasonText(words, reason)}</bdi>
    </>
  );
}
