import type { JSX } from 'preact';
import type { AnalysisNote } from '../../core/analysis/note.ts';
import { spokenNames } from '../data/names.ts';
import { fieldsTexts } from '../data/request.ts';
import { type Page, sentenceName, usePage } from './page.ts';
import { Flagged } from './parts.tsx';

/** Notes of one kind that are written out: of many variants, each may have one. */
const MOST_OF_KIND = 3;

/** Notes as sentences; of many of one kind the first few, and how many more there are. */
function notesText(page: Page, notes: readonly AnalysisNote[]): readonly string[] {
  const { words, format } = page;
  const kinds = [...new Set(notes.map(({ kind }) => kind))];
  return kinds.flatMap((wanted) => {
    const own = notes.filter(({ kind }) => kind === wanted);
    const more = own.length - MOST_OF_KIND;
    const shown = own.slice(0, MOST_OF_KIND).map((note) => `${spokenNames(page, words.noteText(format, note))}.`);
    return more > 0 ? [...shown, words.moreNotes(format, more)] : shown;
  });
}

/** How the figures were made. */
export function How(): JSX.Element {
  const page = usePage();
  const { head, words, format } = page;
  const { run, request, analysis, prompts, scorers } = head;
  const fields = fieldsTexts(request.params, (variant) => sentenceName(page, variant));
  const made = [
    format.date(run.createdAt),
    ...(run.version === null ? [] : [words.version(run.version)]),
    ...(run.revision === null ? [] : [words.revision(run.revision.slice(0, 12))]),
  ];
  const notes = [
    ...notesText(page, analysis.notes),
    ...analysis.scorers.flatMap(({ scorer, notes: own }) => notesText(page, own).map((text) => `${scorer}: ${text}`)),
  ];
  const lines: readonly (readonly [string, string])[] = [
    [words.made, made.join(' · ')],
    [words.scoreLabel, scorers.join(', ')],
    [words.settings, fields.join(' · ')],
    [words.files, words.filesText],
    [words.method, words.methodText],
    [words.notes, notes.join(' ')],
  ];
  return (
    <footer aria-label={words.how}>
      <dl>
        {lines
          .filter(([, text]) => text !== '')
          .map(([label, text]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                <bdi>
                  <Flagged text={text} />
                </bdi>
              </dd>
            </div>
          ))}
        <div>
          <dt>{words.prompts}</dt>
          <dd>
            {prompts.map(({ name, template }) => (
              <details key={name}>
                <summary>{name}</summary>
                <pre>{template}</pre>
              </details>
            ))}
          </dd>
        </div>
      </dl>
    </footer>
  );
}
