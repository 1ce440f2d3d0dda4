import { formatModelRef, type ModelRef } from './variant.ts';

/** A model as the tables of a run name it: with its provider if the run's models have several. */
export function shownModel(model: ModelRef, ofRun: readonly ModelRef[]): string {
  return new Set(ofRun.map(({ provider }) => provider)).size > 1 ? formatModelRef(model) : model.model;
}

/** Names of `distinctModels` as the tables of the run have them; those of other models stay. */
export function shownModels(names: readonly string[], ofRun: readonly ModelRef[]): readonly string[] {
  return names.map((name) => {
    const meant = new Set(ofRun.filter((model) => isNamed(model, name)).map((model) => shownModel(model, ofRun)));
    const [only = name] = meant;
    return meant.size === 1 ? only : name;
  });
}

/** Ids of models, as APIs take them, each once; with the provider where another one has a model of that id in the run. */
export function distinctModels(models: readonly ModelRef[], ofRun: readonly ModelRef[]): readonly string[] {
  const names = models.map((one) => {
    const isShared = ofRun.some(({ provider, model }) => model === one.model && provider !== one.provider);
    return isShared ? formatModelRef(one) : one.model;
  });
  return [...new Set(names)];
}

/** True if a name of `distinctModels` means this model. */
export function isNamed(model: ModelRef, name: string): boolean {
  return name === model.model || name === formatModelRef(model);
}
