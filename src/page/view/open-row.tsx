import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { type AnswerGroup, answerGroups, areLines } from '../data/answers.ts';
import type { PageMessage, PageText, RowView } from '../data/row-view.ts';
import { prettyJson } from '../data/visible.ts';
import { AnswerText, TEXT_VIEWS, type TextView } from './answer-text.tsx';
import { type Page, sentenceName, usePage } from './page.ts';
import { Failure, Select } from './parts.tsx';
import { TrialLine } from './trial-line.tsx';

/** What `d` does to the opened row that has the cursor. */
export interface DiffStep {
  readonly row: string;
  readonly step: number;
}

/** Everything about a row. */
export function OpenRow({ row, diff }: { readonly row: RowView; readonly diff: DiffStep }): JSX.Element {
  const page = usePage();
  const groups = useMemo(() => answerGroups(row), [row]);
  const isJson = groups.some(({ output, isAnswered }) => isAnswered && prettyJson(output.text) !== null);
  const [view, setView] = useState<TextView>(isJson ? 'json' : 'text');
  const choices = againstChoices(page, row, groups);
  const [chosen, setChosen] = useState<string | null>(null);
  const step = diff.row === row.id ? diff.step : 0;
  const first = choices.find(({ key }) => key === (chosen ?? (areLines(groups) ? 'expected' : 'none'))) ?? choices[0];
  const against = choices[(Math.max(0, first === undefined ? 0 : choices.indexOf(first)) + step) % choices.length];
  return (
    <div class="opened">
      <Asked row={row} />
      <div class="answers-side">
        <div class="answers-bar">
          {choices.length > 1 && (
            <label>
              {page.words.diffWith}{' '}
              <Select
                label={page.words.diffWith}
                values={choices.map(({ key }) => key)}
                textOf={(key) => choices.find((choice) => choice.key === key)?.text ?? ''}
                value={against?.key ?? 'none'}
                onChoose={(key) => {
                  // The steps so far are taken back, so that what is chosen is what is shown.
                  const place = choices.findIndex((choice) => choice.key === key);
                  setChosen(choices[(place - (step % choices.length) + choices.length) % choices.length]?.key ?? null);
                }}
              />
            </label>
          )}
          <label>
            {page.words.view}{' '}
            <Select
              label={page.words.view}
              values={TEXT_VIEWS.filter((one) => one !== 'json' || isJson)}
              textOf={(one) => page.words.views[one]}
              value={view}
              onChoose={setView}
            />
          </label>
        </div>
        <div class={areLines(groups) ? 'answers lines' : 'answers columns'}>
          {groups.map((group) => (
            <Group key={group.trials[0]?.id} row={row} group={group} view={view} against={against ?? null} />
          ))}
        </div>
      </div>
    </div>
  );
}

interface AgainstChoice {
  readonly key: string;
  readonly text: string;
  readonly value: PageText | null;
}

const MOST_CHOICES = 12;

function againstChoices(page: Page, row: RowView, groups: readonly AnswerGroup[]): readonly AgainstChoice[] {
  const { words, head } = page;
  const expected = expectedOf(page, row);
  const answered = groups.filter(({ isAnswered }) => isAnswered).slice(0, MOST_CHOICES);
  return [
    { key: 'none', text: words.diffNone, value: null },
    ...(expected === null || expected.text === ''
      ? []
      : [{ key: 'expected', text: words.diffExpected, value: expected }]),
    ...(head.variants.length > 1 || answered.length > 1
      ? answered.map(({ output, trials }) => {
          const [trial] = trials;
          const name = sentenceName(page, trial?.variant ?? 0);
          return {
            key: trial?.id ?? '',
            text: head.run.repeats > 1 ? `${name}, ${words.repeatN(trial?.repeat ?? 1)}` : name,
            value: output,
          };
        })
      : []),
  ];
}

/** The expected answer of a row; null if it has none. */
export function expectedOf({ head }: Pick<Page, 'head'>, row: RowView): PageText | null {
  return head.expectedColumn === null ? null : row.value(head.columns.indexOf(head.expectedColumn));
}

function Group(props: {
  readonly row: RowView;
  readonly group: AnswerGroup;
  readonly view: TextView;
  readonly against: AgainstChoice | null;
}): JSX.Element {
  const { words, format } = usePage();
  const { row, group, view, against } = props;
  const { output, isAnswered, isErrored, trials } = group;
  const other = against?.value ?? null;
  const isSame = other === null || other.text === output.text;
  const code = trials[0]?.errorCode ?? '';
  return (
    <div class={isAnswered ? 'answer' : 'answer failed'}>
      {isAnswered ? (
        <AnswerText
          value={output}
          view={view}
          against={isSame ? null : other}
          isExpected={against?.key === 'expected'}
        />
      ) : (
        <p class="bad">{isErrored ? <Failure code={code} reason={output.text} /> : <Skipped group={group} />}</p>
      )}
      <Thoughts group={group} />
      {trials.length > 1 && <p class="cut">{words.sameAnswer(format, trials.length)}</p>}
      <div class="trials">
        {trials.map((trial) => (
          <TrialLine key={trial.id} row={row} trial={trial} />
        ))}
      </div>
    </div>
  );
}

/** Why trials were skipped: another variant is better, or what was stored. */
function Skipped({ group: { trials, output } }: { readonly group: AnswerGroup }): JSX.Element {
  const page = usePage();
  const { head, words, format } = page;
  const stopped = head.stopped.find(({ variant }) => variant === trials[0]?.variant);
  return (
    <>
      <b>{words.skipped}</b>{' '}
      <bdi>
        {stopped === undefined
          ? output.text
          : words.beatenBy(format, sentenceName(page, stopped.beatenBy), stopped.rows)}
      </bdi>
    </>
  );
}

function Thoughts({ group }: { readonly group: AnswerGroup }): JSX.Element | null {
  const { words } = usePage();
  const thoughts = group.trials[0]?.thoughts ?? null;
  if (thoughts === null) return null;
  return (
    <details>
      <summary>{words.thoughts}</summary>
      <AnswerText value={thoughts} />
    </details>
  );
}

function Asked({ row }: { readonly row: RowView }): JSX.Element {
  const page = usePage();
  const { head, words } = page;
  const shown = new Set<string>();
  const prompts = head.prompts.map(({ name }, place) => ({ name, messages: row.messages(place) }));
  for (const { messages } of prompts) for (const { text } of messages) shown.add(text);
  const expected = expectedOf(page, row);
  const others = head.columns.flatMap((name, column) => {
    const value = row.value(column);
    // Its messages say the same in a form for people.
    const isShown = shown.size > 0 && head.asked.conversations.includes(column);
    const isKnown =
      isShown ||
      value === null ||
      value.text === '' ||
      value.text === row.id ||
      name === head.expectedColumn ||
      shown.has(value.text);
    return isKnown ? [] : [{ name, value }];
  });
  return (
    <div class="asked">
      {prompts.map(({ name, messages }, place) => (
        <Messages key={name} title={prompts.length > 1 ? name : ''} messages={messages} isOpen={place === 0} />
      ))}
      {expected !== null && (
        <>
          <h3>{words.expected}</h3>
          <AnswerText value={expected} />
        </>
      )}
      {others.map(({ name, value }) => (
        <div key={name}>
          <h3>
            <bdi>{name}</bdi>
          </h3>
          <AnswerText value={value} />
        </div>
      ))}
    </div>
  );
}

function Messages({
  title,
  messages,
  isOpen,
}: {
  readonly title: string;
  readonly messages: readonly PageMessage[];
  readonly isOpen: boolean;
}): JSX.Element | null {
  const { words } = usePage();
  if (messages.length === 0) return null;
  const roles: Readonly<Record<string, string>> = words.roles;
  const roleOf = (role: string): string => (Object.hasOwn(roles, role) ? (roles[role] ?? role) : role);
  const list = messages.map((message, place) =>
    message.role === 'system' || message.role === 'developer' ? (
      <details key={place}>
        <summary>{words.system}</summary>
        <AnswerText value={message} />
      </details>
    ) : (
      <div key={place}>
        <h3>{roleOf(message.role)}</h3>
        <AnswerText value={message} />
      </div>
    ),
  );
  if (title === '') return <>{list}</>;
  return (
    <details open={isOpen}>
      <summary>{title}</summary>
      {list}
    </details>
  );
}
