import type { AnalysedVariant } from '../../core/analysis/analysis.ts';
import type { Format } from '../words/format.ts';

/** A variant's name in parts: what it is, and at which temperature. */
export interface NameParts {
  readonly model: string;
  /** Empty if all variants have the same temperature. */
  readonly temperature: string;
}

/** Splits the names that the analysis gives. @param own the word for a provider's own temperature */
export function nameParts(variants: readonly AnalysedVariant[], format: Format, own: string): readonly NameParts[] {
  const hasSeveral = new Set(variants.map(({ temperature }) => temperature)).size > 1;
  return variants.map(({ name, temperature }) => {
    const at = name.lastIndexOf('t=');
    const isNamed = hasSeveral && at >= 0;
    const model = isNamed ? name.slice(0, at).replace(/ · $/, '') : name;
    return { model, temperature: isNamed ? (temperature === null ? own : format.plain(temperature)) : '' };
  });
}
