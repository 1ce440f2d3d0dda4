import type { ModelInfo } from '../../core/provider.ts';

/** Anthropic's list has dated ids. Requests take them without their date too, or with one of these in its place. */
const DATE = /^-\d{8}$/;
const INSTEAD_OF_DATE = /-(?:0|latest)$/;

/** The entry of a model in a provider's list: its own, else that of its latest release; undefined if there is none. */
export function offeredAs(model: string, offered: readonly ModelInfo[]): ModelInfo | undefined {
  const own = offered.find(({ id }) => id === model);
  if (own !== undefined) return own;
  const name = model.replace(INSTEAD_OF_DATE, '');
  const releases = offered.filter(({ id }) => id.startsWith(name) && DATE.test(id.slice(name.length)));
  return releases.toSorted((a, b) => (a.id < b.id ? 1 : -1))[0];
}

/**
 * What a provider's list says about these models, under the ids that requests have.
 * @param find default `offeredAs`
 */
export function describedModels(
  models: readonly string[],
  offered: readonly ModelInfo[],
  find = offeredAs,
): readonly ModelInfo[] {
  return models.flatMap((id) => {
    const entry = find(id, offered);
    return entry === undefined ? [] : [{ ...entry, id }];
  });
}
