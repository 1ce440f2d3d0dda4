/** A comment is found again by its first line, which no reader sees. @param name tells several comments apart */
export function markerOf(name: string): string {
  return `<!-- promptgrid:${name} -->`;
}

/** Parts of a comment. */
interface CommentParts {
  readonly marker: string;
  /** Markdown. */
  readonly text: string;
  /** Address of the artefacts; null if there is none. */
  readonly link: string | null;
}

/** A row of a table or a list begins here; what follows it belongs to it until the next. */
const ROW_START = /\n(?=\n|\||- )/g;

/**
 * The text of a comment: marker, report, link. A report that is too long is cut in front of a row, and a note says so.
 * @param most UTF-16 code units, of which a text has no fewer than characters
 */
export function commentBody({ marker, text, link }: CommentParts, most: number): string {
  const footer = link === null ? '' : `\n\n[Artefacts of this run](<${link}>)`;
  const whole = `${marker}\n${text.trim()}${footer}\n`;
  if (whole.length <= most) return whole;
  const note = '\n\n*The report is cut here: a comment cannot be longer. The artefacts have all of it.*';
  // An open element would swallow the note.
  const closing = '\n\n</details>';
  const room = most - marker.length - note.length - closing.length - footer.length - '\n\n'.length;
  const kept = cutAtRow(text.trim(), Math.max(0, room));
  const isOpen = kept.lastIndexOf('<details>') > kept.lastIndexOf('</details>');
  return `${marker}\n${kept}${isOpen ? closing : ''}${note}${footer}\n`;
}

function cutAtRow(text: string, most: number): string {
  let end = 0;
  for (const { index } of text.matchAll(ROW_START)) {
    if (index > most) break;
    end = index;
  }
  return text.slice(0, end).trimEnd();
}
