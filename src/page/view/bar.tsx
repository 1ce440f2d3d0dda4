import type { JSX } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import { THEMES } from '../data/hash.ts';
import { openHelp } from './help.tsx';
import { usePage } from './page.ts';
import { usePageKeys } from './page-keys.ts';
import { Choices, Select } from './parts.tsx';

/** The bar that stays on top. */
export function Bar(): JSX.Element {
  const { head, words, view, set, scorer, format } = usePage();
  usePageKeys();
  const { scorers } = head.analysis;
  return (
    <header class="bar">
      <a class="skip" href="#rows" onClick={follow('rows')}>
        {words.skip}
      </a>
      <div class="in">
        <b class="run">
          <bdi>{head.run.name}</bdi>
        </b>
        <Sections />
        <span class="controls">
          {scorers.length > 1 && scorer !== null && (
            <label class="scorer">
              <span>{words.scoreLabel}</span>{' '}
              <Select
                label={words.scoreLabel}
                values={scorers.map((one) => one.scorer)}
                textOf={(name) => name}
                value={scorer.scorer}
                onChoose={(name) => set({ scorer: name === scorers[0]?.scorer ? '' : name })}
              />
            </label>
          )}
          <Choices
            label={words.language}
            values={['en', 'ru']}
            textOf={(one) => one.toUpperCase()}
            value={format.language}
            onChoose={(language) => set({ language })}
          />
          <span class="themes">
            <Choices
              label={words.theme}
              values={THEMES}
              textOf={(theme) => words.themes[theme]}
              value={view.theme}
              onChoose={(theme) => set({ theme })}
            />
          </span>
          <button type="button" class="help-button" aria-label={words.keys} onClick={openHelp}>
            ?
          </button>
        </span>
      </div>
    </header>
  );
}

/** Goes to a part without taking the place of the view in the address. */
export function follow(id: string): (event: MouseEvent) => void {
  return (event) => {
    event.preventDefault();
    document.getElementById(id)?.scrollIntoView();
  };
}

const PARTS = ['pairs0', 'score', 'cost', 'pairs', 'time', 'bill', 'errors', 'rows'] as const;

/** Links to the sections that are drawn: each decides itself whether it has anything to show. */
function Sections(): JSX.Element {
  const { words } = usePage();
  const [drawn, setDrawn] = useState<readonly (typeof PARTS)[number][]>([]);
  useLayoutEffect(() => {
    const now = PARTS.filter((part) => document.getElementById(part) !== null);
    if (now.join() !== drawn.join()) setDrawn(now);
  });
  return (
    <nav>
      {drawn.map((part) => (
        <a key={part} href={`#${part}`} onClick={follow(part)}>
          {words.sections[part]}
        </a>
      ))}
    </nav>
  );
}
