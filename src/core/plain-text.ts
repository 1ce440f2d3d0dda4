/**
 * Every text that promptgrid did not write itself (of a dataset, a model, a server, a file name) goes through one of these
 * functions on its way out, by the place where it ends up. What hurts is said here once.
 */

/** What moves a cursor, colours a terminal, breaks a line or turns the direction of text, and halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\uFEFF\uFFF9-\uFFFB]/gu;

const SYMBOLS: Readonly<Record<string, string>> = { '\n': '⏎', '\r': '', '\t': ' ' };

/** Stands for what was taken out. */
const REPLACED = '\uFFFD';
/** Takes no room, and what it stands in is no command, name or address any more. */
const SPLIT = '\u200B';

/** `##[error]` of GitHub, `##vso[…]` of Azure, `##teamcity[…]`, which runners find wherever they stand in a line. */
const INNER_COMMAND = /##(?=\w*\[)/g;
/** `::error::` of GitHub, where a line begins with it. */
const LEADING_COMMAND = /^(\s*:):/gm;

/** A text without what a CI runner takes for a command. */
function withoutCommands(text: string): string {
  return text.replaceAll(INNER_COMMAND, `##${SPLIT}`).replaceAll(LEADING_COMMAND, `$1${SPLIT}:`);
}

/**
 * A text of a dataset or a model on one line, without characters that a terminal would obey, and without what a CI runner
 * takes for a command.
 */
export function oneLine(text: string): string {
  return withoutCommands(text.replaceAll(UNPRINTABLE, (unit) => SYMBOLS[unit] ?? REPLACED));
}

/** The same for a text whose white space means nothing, such as a name in a sentence. */
export function tidyLine(text: string): string {
  return oneLine(text.replaceAll(/\s+/g, ' ').trim());
}

/** A text of several lines without what a terminal or a runner would obey but for ends of lines and tabs. */
export function plainLines(text: string): string {
  return withoutCommands(withoutControls(text));
}

/** ECMA-48: Select Graphic Rendition, which colours text and does nothing else. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const COLOUR = /(\u001B\[[\d;]*m)/;

/** The same for a text whose colours are ours, and stay. */
export function colouredLines(text: string): string {
  const parts = text.split(COLOUR).map((part, index) => (index % 2 === 1 ? part : withoutControls(part)));
  return withoutCommands(parts.join(''));
}

function withoutControls(text: string): string {
  return text.replaceAll(UNPRINTABLE, (unit) => (unit === '\n' || unit === '\t' ? unit : (SYMBOLS[unit] ?? REPLACED)));
}

/**
 * JSON text of a value, indented; what a terminal or a runner would obey is written as an escape, which is the same to a
 * reader.
 */
export function plainJson(value: unknown): string {
  return JSON.stringify(value, null, 2)
    .replaceAll(UNPRINTABLE, (unit) =>
      unit === '\n' ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replaceAll(INNER_COMMAND, '#\\u0023');
}

/** The beginning of a text, with `…` where more follows. @param most characters, without cutting one in two */
export function cutShort(text: string, most: number): string {
  // Two code units a character at most; one character more tells whether anything follows.
  const characters = Array.from(text.slice(0, (most + 1) * 2));
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : text;
}

/** ECMA-48: control sequences, control strings with their content, and two-character escapes. */
const ESCAPE_SEQUENCES =
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|(?:\u001B[\]P^_X]|[\u0090\u0098\u009D-\u009F])[^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)|\u001B[ -/]*[0-~]/g;

/**
 * A text of a server on one line, without anything that a terminal would obey: escape sequences are removed, any other
 * control character becomes a space, and runs of white space become one. It is what files keep; shown, it goes through
 * `oneLine` like any other.
 */
export function printable(text: string): string {
  return text.replace(ESCAPE_SEQUENCES, '').replace(UNPRINTABLE, ' ').replace(/\s+/g, ' ').trim();
}

/** What XML 1.0 cannot hold, not even escaped (W3C, XML 1.0, 2.2 Char). */
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/**
 * Text for an element or an attribute of XML. Line ends are written as references, for readers change them in attributes;
 * `>` too, so that no `]]>` comes about. What XML cannot hold, and what whoever shows it would obey, becomes U+FFFD.
 */
export function xmlText(text: string): string {
  return text
    .replaceAll(NOT_XML, REPLACED)
    .replaceAll(UNPRINTABLE, (unit) => (/[\t\n\r]/.test(unit) ? unit : REPLACED))
    .replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)
    .replaceAll(/[\t\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** What markdown, HTML or GitHub's own syntax could take for more than text, on a line that begins with a letter. */
const MEANINGFUL = /[!#$&*:<>@[\\\]^_`{|}~]|w(?=ww\.)/gi;

/**
 * Text for one line of GitHub's or GitLab's markdown, also within a table: every sign that could mean something is
 * written as a character reference, which markdown shows and does not obey. Ends of lines and control characters are
 * replaced. It is put into `<code>` by `markdownCode`, where names after `@` and numbers after `#` are no links.
 */
export function markdownText(text: string): string {
  return text
    .replaceAll(/\r\n?|\n/g, '⏎')
    .replaceAll(UNPRINTABLE, ' ')
    .replaceAll(MEANINGFUL, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Text of a dataset or a model as code, on one line. */
export function markdownCode(text: string): string {
  return text === '' ? '' : `<code>${markdownText(text)}</code>`;
}

/**
 * A sentence of our own with names of a dataset in it, for GitHub Flavored Markdown that is also read as it is: nothing
 * of it is to be taken for markup, a link or a mention.
 */
export function markdownSentence(text: string): string {
  const escaped = oneLine(text)
    .replace(/[\\`*_[\]~|#$]/g, (mark) => `\\${mark}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
  return escaped
    .replace(/^([-+])|^(\d+)(?=[.)]\s)/, '$2\\$1')
    .replace(/(?<!\w)@/g, '&#64;')
    .replace(/(https?|www)([:.])/gi, '$1&#8203;$2');
}

/** A message of SARIF, where `[text](address)` is a link (OASIS, SARIF 2.1.0, 3.11.6). */
export function sarifText(text: string): string {
  return plainLines(text).replaceAll('](', `]${SPLIT}(`);
}

/** A path as a reference to a file (RFC 3986). */
export function uriPath(path: string): string {
  return path
    .replaceAll(/\p{Cs}/gu, REPLACED)
    .split('/')
    .map(encodeURIComponent)
    .join('/');
}

/** The message of a GitHub workflow command: https://docs.github.com/actions/reference/workflow-commands */
export function commandText(text: string): string {
  return plainLines(text).replaceAll('%', '%25').replaceAll('\n', '%0A');
}

/** A property of a GitHub workflow command, such as its file. */
export function commandProperty(text: string): string {
  return commandText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** What moves a cursor or turns text, ends a name, or is refused by some file system or store of a CI's artifacts. */
const NOT_IN_NAMES = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\uFEFF\uFFF9-\uFFFB/\\:*?"<>|]+|#(?=#\w*\[)/gu;
/** NAME_MAX is 255 bytes, and a time or an ending follows. */
const LONGEST_NAME_BYTES = 160;

/** A part of a file name made of a text that somebody else chose; never empty, hidden or taken for a flag. */
export function fileNamePart(text: string): string {
  const plain = text.replaceAll(NOT_IN_NAMES, '_').replace(/^[-.]+/, '');
  let name = '';
  let bytes = 0;
  for (const character of plain) {
    bytes += Buffer.byteLength(character);
    if (bytes > LONGEST_NAME_BYTES) break;
    name += character;
  }
  return name === '' ? '_' : name;
}
