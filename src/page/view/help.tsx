import type { JSX } from 'preact';
import { useKeys } from './keys.ts';
import { usePage } from './page.ts';

const HELP_ID = 'help';

/** Opens the list of keys, or closes it. */
export function openHelp(): void {
  const dialog = document.getElementById(HELP_ID);
  if (!(dialog instanceof HTMLDialogElement)) return;
  if (dialog.open) dialog.close();
  else dialog.showModal();
}

/** The keys of the page. */
export function Help(): JSX.Element {
  const { words } = usePage();
  useKeys({ '?': openHelp });
  return (
    <dialog id={HELP_ID} aria-labelledby="help-title">
      <h2 id="help-title">{words.keys}</h2>
      <dl>
        {words.keyList.map(([keys = '', text = '']) => (
          <div key={keys}>
            <dt>{keys.split(' ').map((key) => (key === '–' ? key : <kbd key={key}>{key}</kbd>))}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <button type="button" class="chip" onClick={openHelp}>
        {words.close}
      </button>
    </dialog>
  );
}
