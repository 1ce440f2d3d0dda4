import { readFile, writeFile } from 'node:fs/promises';
import { cells } from './figures.mjs';
import { tableMarkdown } from './table.mjs';

const PAGE = new URL('../RESULTS.md', import.meta.url);
const block = (name) => new RegExp(`(<!-- measured ${name} -->\n)[^]*?(<!-- end -->)`);

/** Puts sections into RESULTS.md; those that were not measured stay as they are. */
export async function writeSections(where, sections) {
  await writeFile(PAGE, pageWith(await readFile(PAGE, 'utf8'), where, sections));
}

/** The page with what was measured, and with all goals that its tables miss. @throws where a section has no place */
export function pageWith(page, where, sections) {
  let text = page;
  for (const [name, section] of Object.entries(sections)) {
    if (!block(name).test(text)) throw new Error(`RESULTS.md has no place for ${name}`);
    const content = `${sourceText(where, section)}\n\n${tableMarkdown(cells(section))}`;
    text = text.replace(block(name), (_all, start, end) => `${start}${content}\n${end}`);
  }
  const missed = [...text.matchAll(/^\| ([^|]*?) \|.*\| ([^|]*?) \| ([^|]*?) \| missed \|$/gm)];
  const list = missed.map(([, what, figure, goal]) => `- ${what}: ${figure}, goal ${goal}`).join('\n');
  return text.replace(block('missed'), (_all, start, end) => `${start}${list === '' ? 'None.' : list}\n${end}`);
}

/** Where a table comes from, in short sentences. */
function sourceText({ date, cpu, cores, node, packages }, { loadAverage: [before, after] }) {
  const named = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return (
    `${date} UTC, ${cpu}, ${cores} cores, Node ${node}, ${named.join(', ')}. ` +
    `Load average ${before} before and ${after} after.`
  );
}
