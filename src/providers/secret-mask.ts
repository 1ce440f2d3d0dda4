/** A shorter text is part of too many words: to mask `k` would ruin every message. */
const SHORTEST = 8;

/** What stands in the place of a secret. */
const MASK = '[key]';

/**
 * What takes secrets out of a text that a server wrote: as they are, in JSON, in HTML, in a URL and in base64, alone or
 * within a longer text. Secrets shorter than 8 characters are not looked for.
 */
export function secretMask(secrets: readonly string[]): (text: string) => string {
  const forms = new Set(secrets.flatMap((secret) => (secret.length < SHORTEST ? [] : formsOf(secret))));
  if (forms.size === 0) return (text) => text;
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
  return (text) => text.replace(pattern, MASK);
}

function formsOf(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeURIComponent(secret);
  const lowerUrl = url.replace(/%[\dA-F]{2}/g, (code) => code.toLowerCase());
  return [
    ...[secret, json, json.replaceAll('/', '\\/'), escapeHtml(secret)],
    ...[url, lowerUrl, url.replaceAll('%20', '+')],
    ...base64Forms(secret),
  ];
}

const HTML: readonly (readonly [string, string])[] = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
];

function escapeHtml(text: string): string {
  return HTML.reduce((escaped, [sign, code]) => escaped.replaceAll(sign, code), text);
}

/**
 * Base64 writes three bytes as four signs, so a text within another one has one of three forms, by where it begins. The
 * signs at its ends hold bits of what surrounds it, too.
 */
function base64Forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [0, 1, 2].flatMap((before) => {
    const code = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const inner = code.slice(Math.ceil((before * 4) / 3), Math.floor(((before + bytes.length) * 4) / 3));
    return inner.length < SHORTEST ? [] : [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
