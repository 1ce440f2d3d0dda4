import { join } from 'node:path';
import {
  givenText,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  listOf,
  numberOf,
  numberOr,
  objectOf,
  textOr,
} from '../../core/json.ts';
import type { VariantView } from '../../core/run-view.ts';
import type { CostTotal } from '../../core/totals.ts';
import { variantNames } from '../../core/variant-name.ts';
import type { StoredRun } from '../../store/run-file.ts';
import { RUN_FILES } from '../../store/run-folder.ts';
import { readSummaryFile } from '../../store/summary-file.ts';

/** The figures of a run that ended, with every score, from its summary; null if its last session wrote none. */
export async function readFinalFigures({
  folder,
  state,
  wroteFiles,
}: StoredRun): Promise<readonly VariantView[] | null> {
  if (!wroteFiles) return null;
  const summary = await readSummaryFile(join(folder, RUN_FILES.summary)).catch(() => null);
  const variants = listOf(summary?.['variants']).filter(isJsonObject);
  if (summary?.['state'] !== state || variants.length === 0) return null;
  const names = variants.map(({ prompt, provider, model, label, temperature }) => ({
    prompt: textOr(prompt, ''),
    provider: textOr(provider, ''),
    model: textOr(model, ''),
    label: givenText(label),
    temperature: numberOf(temperature),
  }));
  const distinct = variantNames(names);
  return variants.map((variant, place) => ({
    ...(names[place] ?? { prompt: '', provider: '', model: '', temperature: null }),
    name: distinct[place] ?? '',
    completed: numberOr(variant['completed'], 0),
    errored: numberOr(variant['errored'], 0),
    skipped: numberOr(variant['skipped'], 0),
    costs: costsOf(variant['costs']),
    unknownCosts: numberOr(variant['unknownCosts'], 0),
    scores: listOf(variant['scores']).map(objectOf).map(scoreOf),
  }));
}

function scoreOf({ name, mean, n }: JsonObject): VariantView['scores'][number] {
  return { name: textOr(name, ''), mean: numberOf(mean), n: numberOr(n, 0) };
}

function costsOf(value: JsonValue | undefined): readonly CostTotal[] {
  return listOf(value)
    .map(objectOf)
    .map(({ total, currency }) => ({ total: textOr(total, '0'), currency: textOr(currency, '') }));
}
