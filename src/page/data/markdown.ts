/** A piece of a line. */
export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'em' | 'strike'; readonly parts: readonly Inline[] }
  | { readonly kind: 'link'; readonly parts: readonly Inline[]; readonly address: string };

/** A block of a text. */
export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly parts: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly parts: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly (readonly Block[])[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly (readonly Inline[])[])[] }
  | { readonly kind: 'rule' };

const FENCE = /^ {0,3}(```+|~~~+)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])\s+/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
/** Quotes and lists may stand in each other; deeper ones are plain text. */
const MOST_LEVELS = 6;

/** The usual part of Markdown as blocks. HTML stays text, and nothing is loaded. */
export function markdown(text: string, level = 0): readonly Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const [block, next] = blockAt(lines, at, level);
    if (block !== null) blocks.push(block);
    at = next;
  }
  return blocks;
}

type Read = readonly [block: Block | null, next: number];

function blockAt(lines: readonly string[], at: number, level: number): Read {
  const line = lines[at] ?? '';
  if (line.trim() === '') return [null, at + 1];
  const fence = FENCE.exec(line)?.[1];
  if (fence !== undefined) return fenced(lines, at, fence);
  const heading = HEADING.exec(line);
  if (heading !== null)
    return [{ kind: 'heading', level: heading[1]?.length ?? 1, parts: inline(heading[2] ?? '') }, at + 1];
  if (RULE.test(line)) return [{ kind: 'rule' }, at + 1];
  if (level < MOST_LEVELS && QUOTE.test(line)) return quoted(lines, at, level);
  if (level < MOST_LEVELS && ITEM.test(line)) return listed(lines, at, level);
  if (line.includes('|') && TABLE_RULE.test(lines[at + 1] ?? '') && (lines[at + 1] ?? '').includes('-'))
    return tabled(lines, at);
  return paragraph(lines, at, level);
}

function fenced(lines: readonly string[], at: number, fence: string): Read {
  let end = at + 1;
  while (end < lines.length && !(lines[end] ?? '').trimStart().startsWith(fence)) end += 1;
  return [{ kind: 'code', text: lines.slice(at + 1, end).join('\n') }, end + 1];
}

function quoted(lines: readonly string[], at: number, level: number): Read {
  let end = at;
  while (end < lines.length && QUOTE.test(lines[end] ?? '')) end += 1;
  const inner = lines.slice(at, end).map((line) => line.replace(QUOTE, ''));
  return [{ kind: 'quote', blocks: markdown(inner.join('\n'), level + 1) }, end];
}

function listed(lines: readonly string[], at: number, level: number): Read {
  const isOrdered = /\d/.test(ITEM.exec(lines[at] ?? '')?.[2] ?? '');
  const items: string[][] = [];
  let end = at;
  for (; end < lines.length; end++) {
    const line = lines[end] ?? '';
    const item = ITEM.exec(line);
    if (item !== null && /\d/.test(item[2] ?? '') === isOrdered) items.push([line.slice(item[0].length)]);
    else if (/^(?:\s{2,}|\t)\S/.test(line)) items.at(-1)?.push(line.replace(/^(?: {1,4}|\t)/, ''));
    else if (line.trim() === '' && /^(?:\s{2,}\S|\t)/.test(lines[end + 1] ?? '')) items.at(-1)?.push('');
    else break;
  }
  return [{ kind: 'list', isOrdered, items: items.map((own) => markdown(own.join('\n'), level + 1)) }, end];
}

function tabled(lines: readonly string[], at: number): Read {
  let end = at + 2;
  while (end < lines.length && (lines[end] ?? '').includes('|')) end += 1;
  const rows = [lines[at] ?? '', ...lines.slice(at + 2, end)].map((line) => {
    const cells = line.trim().replace(/^\|/, '').replace(/\|$/, '').split('|');
    return cells.map((cell) => inline(cell.trim()));
  });
  return [{ kind: 'table', rows }, end];
}

function paragraph(lines: readonly string[], at: number, level: number): Read {
  let end = at + 1;
  const begins = (line: string): boolean => {
    return (
      line.trim() === '' ||
      FENCE.test(line) ||
      HEADING.test(line) ||
      (level < MOST_LEVELS && (QUOTE.test(line) || ITEM.test(line)))
    );
  };
  while (end < lines.length && !begins(lines[end] ?? '')) end += 1;
  return [{ kind: 'paragraph', parts: inline(lines.slice(at, end).join('\n')) }, end];
}

/** In the order in which they are tried at each place; none spans more than 2,000 characters. */
const INLINE =
  /`([^`\n]{1,2000})`|\*\*(\S(?:[^*]{0,2000}\S)?)\*\*|__(\S(?:[^_]{0,2000}\S)?)__|~~([^~]{1,2000})~~|(?<![\w*])\*([^*\s](?:[^*\n]{0,2000}[^*\s])?)\*|(?<!\w)_([^_\s](?:[^_\n]{0,2000}[^_\s])?)_(?!\w)|!?\[([^\]\n]{0,500})\]\(([^()\s]{1,2000})[^()\n]{0,200}\)/g;

function inline(text: string): readonly Inline[] {
  const parts: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > end) parts.push({ kind: 'text', text: text.slice(end, match.index) });
    parts.push(inlineOf(match));
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) });
  return parts;
}

function inlineOf([whole, code, strong, strong2, strike, em, em2, label, address]: RegExpMatchArray): Inline {
  if (code !== undefined) return { kind: 'code', text: code };
  const bold = strong ?? strong2;
  if (bold !== undefined) return { kind: 'strong', parts: inline(bold) };
  if (strike !== undefined) return { kind: 'strike', parts: inline(strike) };
  const italic = em ?? em2;
  if (italic !== undefined) return { kind: 'em', parts: inline(italic) };
  if (address !== undefined) return { kind: 'link', parts: inline(label ?? ''), address };
  return { kind: 'text', text: whole };
}
