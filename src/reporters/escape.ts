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
 * `>` too, so that no `]]>` comes about. What XML cannot hold becomes U+FFFD.
 */
export function xmlText(text: string): string {
  return text
    .replaceAll(NOT_XML, '\uFFFD')
    .replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)
    .replaceAll(/[\t\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** What markdown, HTML or GitHub's own syntax could take for more than text, on a line that begins with a letter. */
const MEANINGFUL = /[!#$&*:<>@[\\\]^_`{|}~]/g;

/**
 * Text for one line of GitHub's or GitLab's markdown, also within a table: every sign that could mean something is
 * written as a character reference, which markdown shows and does not obey. Ends of lines and control characters are
 * replaced. It is put into `<code>` by `markdownCode`, where names after `@` and numbers after `#` are no links.
 */
export function markdownText(text: string): string {
  return text
    .replaceAll(/\r\n?|\n/g, '⏎')
    .replaceAll(/[\p{Cc}\p{Cs}\u2028-\u202E\u2066-\u2069\uFEFF]/gu, ' ')
    .replaceAll(MEANINGFUL, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Text of a dataset or a model as code, on one line. */
export function markdownCode(text: string): string {
  return text === '' ? '' : `<code>${markdownText(text)}</code>`;
}

/** The message of a GitHub workflow command: https://docs.github.com/actions/reference/workflow-commands */
export function commandText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** A property of a GitHub workflow command, such as its file. */
export function commandProperty(text: string): string {
  return commandText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
