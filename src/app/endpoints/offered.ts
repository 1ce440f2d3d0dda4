import type { ModelInfo } from '../../core/provider.ts';

/** Anthropic's list has dated ids, and requests take them without their date too. */
const DATE = /^-\d{8}$/;

/** The entry of a model in a provider's list: its own, else that of its latest release; undefined if there is none. */
export function offeredAs(model: string, offered: readonly ModelInfo[]): ModelInfo | undefined {
  const own = offered.find(({ id }) => id === model);
  if (own !== undefined) return own;
  const releases = offered.filter(({ id }) => id.startsWith(model) && DATE.test(id.slice(model.length)));
  return releases.toSorted((a, b) => (a.id < b.id ? 1 : -1))[0];
}

/** What a provider's list says about these models, under the ids that requests have. */
export function describedModels(models: readonly string[], offered: readonly ModelInfo[]): readonly ModelInfo[] {
  return models.flatMap((id) => {
    const entry = offeredAs(id, offered);
    return entry === undefined ? [] : [{ ...entry, id }];
  });
}
