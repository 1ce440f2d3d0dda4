import { render } from 'preact';
import { isPageChunk, isPageHead } from '../core/page-data.ts';
import { unpacked } from './data/packed.ts';
import { type RowView, rowsOf } from './data/row-view.ts';
import { App } from './view/app.tsx';

/** Draws the figures at once, and the rows once they are read. */
async function start(): Promise<void> {
  const root = document.getElementById('app');
  const data = document.getElementById('head');
  if (root === null || data === null) return;
  const head = await unpacked(data.textContent ?? '');
  if (!isPageHead(head)) return;
  data.remove();
  root.replaceChildren();
  const draw = (rows: readonly RowView[], isReading: boolean): void =>
    render(<App head={head} rows={rows} isReading={isReading} />, root);
  draw([], true);
  await afterPaint();
  await documentRead();
  const rows: RowView[] = [];
  for (const element of document.querySelectorAll('.rows-data')) {
    const chunk = await unpacked(element.textContent ?? '');
    element.remove();
    if (isPageChunk(chunk)) for (const row of rowsOf(chunk, rows.length)) rows.push(row);
  }
  draw(rows, false);
  root.dataset['state'] = 'ready';
  prepareSearch(rows);
}

function afterPaint(): Promise<void> {
  return new Promise((resolve) => {
    // A page in the background is not painted.
    const timer = setTimeout(resolve, 200);
    requestAnimationFrame(() =>
      setTimeout(() => {
        clearTimeout(timer);
        resolve();
      }),
    );
  });
}

function documentRead(): Promise<void> {
  if (document.readyState !== 'loading') return Promise.resolve();
  return new Promise((resolve) => document.addEventListener('DOMContentLoaded', () => resolve(), { once: true }));
}

/** Makes what is searched in while nothing else is done, so that the first search is as fast as the others. */
function prepareSearch(rows: readonly RowView[]): void {
  let next = 0;
  const work = (hasTime: () => boolean): void => {
    while (next < rows.length && hasTime()) {
      void rows[next]?.haystack;
      next += 1;
    }
    if (next < rows.length) later(work);
  };
  later(work);
}

/** Milliseconds of work at a time where the browser does not say. */
const SLICE_MS = 10;

function later(work: (hasTime: () => boolean) => void): void {
  if ('requestIdleCallback' in globalThis) {
    requestIdleCallback((deadline) => work(() => deadline.timeRemaining() > 1));
    return;
  }
  setTimeout(() => {
    const end = performance.now() + SLICE_MS;
    work(() => performance.now() < end);
  }, SLICE_MS);
}

void start();
