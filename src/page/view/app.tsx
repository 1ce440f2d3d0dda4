import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { PageHead } from '../../core/page-data.ts';
import { choose, NO_CHOICE } from '../data/choice.ts';
import { hashOf, readHash, type View } from '../data/hash.ts';
import { nameParts } from '../data/names.ts';
import { questionColumn } from '../data/question.ts';
import type { RowView } from '../data/row-view.ts';
import { en, type Words } from '../words/en.ts';
import { Format, type Language } from '../words/format.ts';
import { ru } from '../words/ru.ts';
import { Bar } from './bar.tsx';
import { Bill } from './bill.tsx';
import { Board } from './board.tsx';
import { ComparisonHead, ComparisonParts } from './comparison.tsx';
import { Cost } from './cost.tsx';
import { Decision, useRule } from './decision.tsx';
import { Errors } from './errors.tsx';
import { Facts, Gates } from './facts.tsx';
import { Help } from './help.tsx';
import { How } from './how.tsx';
import { LabelsProvider, useKeptLabels } from './labels.ts';
import { type Page, PageProvider, usePage } from './page.ts';
import { Pairs } from './pairs.tsx';
import { Rows } from './rows.tsx';
import { Time } from './time.tsx';

/** What the page draws. */
export interface AppProps {
  readonly head: PageHead;
  readonly rows: readonly RowView[];
  /** True until all rows are there. */
  readonly isReading: boolean;
}

/** The whole page. */
export function App({ head, rows, isReading }: AppProps): JSX.Element {
  const [view, set] = useView();
  const [rule, setRule] = useRule(head.analysis.goodEnoughPoints);
  const language: Language = view.language ?? (navigator.language.toLowerCase().startsWith('ru') ? 'ru' : 'en');
  const words = language === 'ru' ? ru : en;
  const format = useMemo(() => new Format(language), [language]);
  const scorer = head.analysis.scorers.find((one) => one.scorer === view.scorer) ?? head.analysis.scorers[0] ?? null;
  const names = useMemo(() => nameParts(head.analysis.variants, format, words.ownTemperature), [head, language]);
  const choice = useMemo(
    () => (scorer === null ? NO_CHOICE : choose(scorer, head.analysis.variants, rule)),
    [scorer, rule],
  );
  const question = useMemo(() => questionColumn(head, rows), [head, rows]);
  const page: Page = useMemo(() => {
    const scorerPlace = scorer === null ? -1 : head.scorers.indexOf(scorer.scorer);
    return {
      head,
      words,
      format,
      view,
      set,
      scorer,
      scorerPlace,
      names,
      questionColumn: question,
      chosen: head.variants.length > 1 ? choice.variant : null,
    };
  }, [head, language, view, scorer, names, question, choice]);
  useDocument(language, view);
  const labelling = useKeptLabels(`${head.run.name} ${head.run.createdAt}`);
  return (
    <PageProvider value={page}>
      <LabelsProvider value={labelling}>
        <Band />
        <Bar />
        <main class="in">
          <p class="size">
            <bdi>{head.run.dataset}</bdi>, {words.size(format, head.analysis.rows, head.variants.length)},{' '}
            {format.date(head.run.createdAt)}
          </p>
          {head.comparison !== null && <ComparisonHead comparison={head.comparison} />}
          {head.comparison !== null && <ComparisonParts comparison={head.comparison} rows={rows} />}
          <Decision choice={choice} rule={rule} onRule={setRule} />
          <Gates />
          <Facts />
          <Parts />
          <Rows rows={rows} isReading={isReading} />
          <How />
        </main>
        <Help />
      </LabelsProvider>
    </PageProvider>
  );
}

function Parts(): JSX.Element {
  const { scorer, set } = usePage();
  const search = (query: string): void => {
    set({ query, filter: 'all' });
    document.getElementById('rows')?.scrollIntoView();
  };
  return (
    <>
      {scorer !== null && <Board scorer={scorer} />}
      {scorer !== null && <Cost scorer={scorer} />}
      {scorer !== null && <Pairs scorer={scorer} onSearch={search} />}
      <Time />
      <Bill />
      <Errors onSearch={search} />
    </>
  );
}

function Band(): JSX.Element | null {
  const { head, words } = usePage();
  const { simulated, state } = head.run;
  const isWhole =
    state === 'completed' && head.total.completed + head.total.errored + head.total.skipped >= head.run.trials;
  if (!simulated && isWhole) return null;
  return (
    <div class="band">
      <p class="in">
        <span>
          {simulated && (
            <>
              <b>{words.simulated}</b> {words.simulatedWhy}
            </>
          )}{' '}
          {!isWhole && <b>{words.partial(stateText(words, state))}</b>}
        </span>
      </p>
    </div>
  );
}

/** A state of a run in words; one that is not known is as it stands in run.json. */
function stateText({ partialStates }: Words, state: string): string {
  return Object.entries(partialStates).find(([name]) => name === state)?.[1] ?? state;
}

/** The view stands in the address. */
function useView(): readonly [View, (change: Partial<View>) => void] {
  const [view, setView] = useState(() => readHash(location.hash));
  const latest = useRef(view);
  latest.current = view;
  useEffect(() => {
    const onHash = (): void => setView(readHash(location.hash));
    window.addEventListener('hashchange', onHash);
    return () => window.removeEventListener('hashchange', onHash);
  }, []);
  const set = (change: Partial<View>): void => {
    const next = { ...latest.current, ...change };
    latest.current = next;
    history.replaceState(null, '', hashOf(next) === '' ? location.pathname + location.search : hashOf(next));
    setView(next);
  };
  return [view, set];
}

/** Language and theme of the document, keys of the whole page, and the common highlight of a variant's marks. */
function useDocument(language: Language, { theme }: View): void {
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dataset['theme'] = theme;
  }, [language, theme]);
  useEffect(() => {
    const light = (target: EventTarget | null): void => {
      const variant = target instanceof Element ? target.closest('[data-v]')?.getAttribute('data-v') : undefined;
      for (const element of document.querySelectorAll('.lit')) element.classList.remove('lit');
      if (variant === null || variant === undefined) return;
      for (const element of document.querySelectorAll(`[data-v="${CSS.escape(variant)}"]`))
        element.classList.add('lit');
    };
    const onEvent = ({ target }: Event): void => light(target);
    document.addEventListener('mouseover', onEvent);
    document.addEventListener('focusin', onEvent);
    return () => {
      document.removeEventListener('mouseover', onEvent);
      document.removeEventListener('focusin', onEvent);
    };
  }, []);
}
