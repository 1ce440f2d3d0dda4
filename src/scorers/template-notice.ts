/** The place of a value as templates have it. Of another length it is none that anybody wrote by hand. */
const PLACE = /\{\{[^{}]{1,200}\}\}/;

/** The first `{{ … }}` of a text that is no template; null where it has none. */
export function firstPlace(text: string): string | null {
  return text.includes('{{') ? (PLACE.exec(text)?.[0] ?? null) : null;
}
