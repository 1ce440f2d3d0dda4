/** A placeholder as in templates. Longer text is never written by hand. */
const PLACE = /\{\{[^{}]{1,200}\}\}/;

/** The first `{{ … }}` of a text that is not a template; null if it has none. */
export function firstPlace(text: string): string | null {
  return text.includes('{{') ? (PLACE.exec(text)?.[0] ?? null) : null;
}
