/**
 * Every text that promptgrid did not write itself (from a dataset, a model, a server, a file name) passes through one
 * of these functions on output, chosen by the destination. All dangerous characters and sequences are defined here.
 */

/** Characters that move a cursor, colour a terminal, break a line or change text direction, and lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\uFEFF\uFFF9-\uFFFB]/gu;

const SYMBOLS: Readonly<Record<string, string>> = { '\n': '⏎', '\r': '', '\t': ' ' };

/** Replaces removed characters. */
const REPLACED = '\uFFFD';
/** Invisible, but breaks up any command, name or address that contains it. */
const SPLIT = '\u200B';

/** `##[error]` of GitHub, `##vso[…]` of Azure, `##teamcity[…]`, which runners recognise anywhere in a line. */
const INNER_COMMAND = /##(?=\w*\[)/g;
/** `::error::` of GitHub, at the beginning of a line. */
const LEADING_COMMAND = /^(\s*:):/gm;

/** A text without anything that a CI runner would interpret as a command. */
function withoutCommands(text: string): string {
  return text.replaceAll(INNER_COMMAND, `##${SPLIT}`).replaceAll(LEADING_COMMAND, `$1${SPLIT}:`);
}

/** Text of a dataset or a model on one line, without terminal control characters or CI runner commands. */
export function oneLine(text: string): string {
  return withoutCommands(text.replaceAll(UNPRINTABLE, (unit) => SYMBOLS[unit] ?? REPLACED));
}

/** The same for a text with meaningless white space, such as a name in a sentence. */
export function tidyLine(text: string): string {
  return oneLine(text.replaceAll(/\s+/g, ' ').trim());
}

/** A text of several lines without terminal control characters or CI runner commands, keeping line ends and tabs. */
export function plainLines(text: string): string {
  return withoutCommands(withoutControls(text));
}

/** ECMA-48: Select Graphic Rendition, which only colours text. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const COLOUR = /(\u001B\[[\d;]*m)/;

/** The same for a text with our own colours, which are kept. */
export function colouredLines(text: string): string {
  const parts = text.split(COLOUR).map((part, index) => (index % 2 === 1 ? part : withoutControls(part)));
  return withoutCommands(parts.join(''));
}

function withoutControls(text: string): string {
  return text.replaceAll(UNPRINTABLE, (unit) => (unit === '\n' || unit === '\t' ? unit : (SYMBOLS[unit] ?? REPLACED)));
}

/**
 * Indented JSON text of a value. Terminal control characters and runner commands are written as escapes, which mean the
 * same to a JSON parser.
 */
export function plainJson(value: unknown): string {
  return JSON.stringify(value, null, 2)
    .replaceAll(UNPRINTABLE, (unit) =>
      unit === '\n' ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replaceAll(INNER_COMMAND, '#\\u0023');
}

/** The beginning of a text, with `…` if it is longer. @param most characters, without splitting one */
export function cutShort(text: string, most: number): string {
  // Two code units per character at most; one more character shows whether anything follows.
  const characters = Array.from(text.slice(0, (most + 1) * 2));
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : text;
}

/** ECMA-48: control sequences, control strings with their content, and two-character escapes. */
const ESCAPE_SEQUENCES =
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|(?:\u001B[\]P^_X]|[\u0090\u0098\u009D-\u009F])[^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)|\u001B[ -/]*[0-~]/g;

/**
 * A server's text on one line, without terminal control characters: escape sequences are removed, other control
 * characters become spaces, and runs of white space become one. Files store this form; for display it also passes
 * through `oneLine`.
 */
export function printable(text: string): string {
  return text.replace(ESCAPE_SEQUENCES, '').replace(UNPRINTABLE, ' ').replace(/\s+/g, ' ').trim();
}

/** What XML 1.0 cannot contain, not even escaped (W3C, XML 1.0, 2.2 Char). */
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/**
 * Text for an XML element or attribute. Line ends are written as references, because readers change them in attributes;
 * `>` too, so that `]]>` cannot occur, and what a CI runner would obey. What XML cannot contain, and terminal control characters, become U+FFFD.
 */
export function xmlText(text: string): string {
  return text
    .replaceAll(NOT_XML, REPLACED)
    .replaceAll(UNPRINTABLE, (unit) => (/[\t\n\r]/.test(unit) ? unit : REPLACED))
    .replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)
    .replaceAll(/[\t\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replaceAll(INNER_COMMAND, '#&#35;');
}

/** Characters with a meaning in markdown, HTML or GitHub's own syntax, on a line that begins with a letter. */
const MEANINGFUL = /[!#$&*:<>@[\\\]^_`{|}~]|w(?=ww\.)/gi;

/**
 * Text for one line of GitHub's or GitLab's markdown, including in a table: every character that could have a meaning
 * is written as a character reference, which markdown displays literally. Line ends and control characters are
 * replaced. `markdownCode` puts it into `<code>`, where names after `@` and numbers after `#` are not links.
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
 * A sentence of our own with names from a dataset, for GitHub Flavored Markdown that is also read as plain text: none
 * of it may become markup, a link or a mention.
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

/** A SARIF message, where `[text](address)` is a link (OASIS, SARIF 2.1.0, 3.11.6). */
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

/**
 * Characters that move a cursor or change text direction, end a name, or are rejected by some file system or CI
 * artifact store.
 */
const NOT_IN_NAMES = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\uFEFF\uFFF9-\uFFFB/\\:*?"<>|]+|#(?=#\w*\[)/gu;
/** NAME_MAX is 255 bytes, and a time or an extension follows. */
const LONGEST_NAME_BYTES = 160;

/** A part of a file name from external text; never empty, hidden or mistaken for a flag. */
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
