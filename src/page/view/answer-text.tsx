import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { DiffPart } from '../../core/text-diff.ts';
import { differences } from '../data/answers.ts';
import type { PageText } from '../data/row-view.ts';
import { prettyJson, SHOWN_UNITS, visible } from '../data/visible.ts';
import { Markdown } from './markdown.tsx';
import { usePage } from './page.ts';

/** How texts are shown. */
export const TEXT_VIEWS = ['text', 'markdown', 'json'] as const;
/** One of them. */
export type TextView = (typeof TEXT_VIEWS)[number];

/** A text of a dataset or a model: never markup, and not more at once than a browser can draw. */
export function AnswerText(props: {
  readonly value: PageText;
  readonly view?: TextView;
  readonly against?: PageText | null;
  /** True if that is the expected answer: only what should not be there is marked. */
  readonly isExpected?: boolean;
}): JSX.Element {
  const { words, format } = usePage();
  const { value, view = 'text', against = null, isExpected = false } = props;
  const [isWhole, setWhole] = useState(false);
  const isLong = value.text.length > SHOWN_UNITS && !isWhole;
  const text = isLong ? value.text.slice(0, SHOWN_UNITS) : value.text;
  return (
    <div class="text" dir="auto">
      {text === '' ? (
        <span class="quiet">{words.empty}</span>
      ) : (
        <Content
          text={text}
          view={view}
          against={isLong ? null : against}
          isExpected={isExpected}
          isCut={value.length !== null}
        />
      )}
      {value.length !== null && <p class="cut">{words.cutText(format, value.text.length, value.length)}</p>}
      {isLong && (
        <p>
          <button type="button" class="chip" onClick={() => setWhole(true)}>
            {words.showWhole(format, value.text.length)}
          </button>
        </p>
      )}
    </div>
  );
}

interface ContentProps {
  readonly text: string;
  readonly view: TextView;
  readonly against: PageText | null;
  readonly isCut: boolean;
  readonly isExpected: boolean;
}

function Content({ text, view, against, isCut, isExpected }: ContentProps): JSX.Element {
  const { words } = usePage();
  if (against !== null) {
    // What is missing at the end of a cut text is not known to differ.
    if (isCut || against.length !== null) return <Noted text={text} note={words.cutNoDiff} />;
    const parts = differences(visible(against.text), visible(text));
    if (parts === null && isExpected)
      return (
        <pre>
          <ins class="wrong">{visible(text)}</ins>
        </pre>
      );
    return parts === null ? (
      <Noted text={text} note={words.tooDifferent} />
    ) : (
      <Marked parts={parts} isExpected={isExpected} />
    );
  }
  if (view === 'markdown') return <Markdown text={visible(text)} />;
  const json = view === 'json' ? prettyJson(text) : null;
  return <pre class={json === null ? '' : 'code'}>{json ?? visible(text)}</pre>;
}

function Marked({
  parts,
  isExpected,
}: {
  readonly parts: readonly DiffPart[];
  readonly isExpected: boolean;
}): JSX.Element {
  return (
    <pre>
      {parts.map(({ kind, text }, place) => {
        if (kind === 'same') return text;
        if (kind === 'removed') return isExpected ? '' : <del key={place}>{text}</del>;
        return (
          <ins key={place} class={isExpected ? 'wrong' : ''}>
            {text}
          </ins>
        );
      })}
    </pre>
  );
}

function Noted({ text, note }: { readonly text: string; readonly note: string }): JSX.Element {
  return (
    <>
      <pre>{visible(text)}</pre>
      <p class="cut">{note}</p>
    </>
  );
}
