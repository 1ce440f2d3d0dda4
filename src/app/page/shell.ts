import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The page without a run, cut at the places where its parts go. */
export interface PageShell {
  /** Up to the title. */
  readonly beforeTitle: string;
  /** Up to the static figures. */
  readonly beforeStatic: string;
  /** Up to the head's data. */
  readonly beforeHead: string;
  /** Up to the data of the rows. */
  readonly beforeRows: string;
  readonly end: string;
}

/** Places in the shell, in order. */
const PLACES = ['<!--title-->', '<!--static-->', '<!--head-->', '<!--rows-->'] as const;

let known: PageShell | null = null;

/** The shell that the build made. @throws if promptgrid was not built */
export function pageShell(): PageShell {
  known ??= readShell();
  return known;
}

function readShell(): PageShell {
  const root = dirname(createRequire(import.meta.url).resolve('promptgrid/package.json'));
  let rest = readFileSync(join(root, 'dist/page/shell.html'), 'utf8');
  const parts = PLACES.map((place) => {
    const at = rest.indexOf(place);
    if (at === -1) throw new Error(`dist/page/shell.html has no ${place}`);
    const part = rest.slice(0, at);
    rest = rest.slice(at + place.length);
    return part;
  });
  const [beforeTitle = '', beforeStatic = '', beforeHead = '', beforeRows = ''] = parts;
  return { beforeTitle, beforeStatic, beforeHead, beforeRows, end: rest };
}
