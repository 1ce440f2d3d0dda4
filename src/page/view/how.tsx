import type { JSX } from 'preact';
import { usePage } from './page.ts';

/** How the figures were made. */
export function How(): JSX.Element {
  const { head, words, format } = usePage();
  const { run, request, analysis, prompts, scorers } = head;
  const fields = Object.entries(request.params).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  const made = [
    format.date(run.createdAt),
    ...(run.version === null ? [] : [words.version(run.version)]),
    ...(run.revision === null ? [] : [words.revision(run.revision.slice(0, 12))]),
  ];
  const notes = [
    ...analysis.notes.map((note) => `${words.noteText(format, note)}.`),
    ...analysis.scorers.flatMap((scorer) =>
      scorer.notes.map((note) => `${scorer.scorer}: ${words.noteText(format, note)}.`),
    ),
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
                <bdi>{text}</bdi>
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
