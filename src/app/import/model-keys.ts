import { canonicalJson, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { ProviderSettings } from './provider-config.ts';

/** A model of the run with its own settings. */
export interface ModelSettings {
  /** Its place in the file. */
  readonly path: string;
  /** Kind of provider; `module` for a file. */
  readonly kind: string;
  /** Name of its section in promptgrid.yaml, if it needs none with other content. */
  readonly name: string;
  readonly model: string;
  readonly label: string | null;
  readonly settings: ProviderSettings;
  /** The only prompts that it gets, by label, id or text; null for all. */
  readonly prompts: readonly string[] | null;
  /** Code that makes something else of its answers; null if there is none. */
  readonly transform: string | null;
  /** Requests a minute at most; null for no limit. */
  readonly rpm: number | null;
}

/** Keys of promptgrid.yaml. */
interface ModelKeys {
  /** Ids with their providers, in file order. */
  readonly ids: readonly string[];
  /** The same of models for judges only. */
  readonly otherIds: readonly string[];
  readonly keys: JsonObject;
}

/** Names that promptgrid.yaml has for request fields of all models. */
const OWN_KEYS: ReadonlyMap<string, string> = new Map([
  ['top_p', 'topP'],
  ['frequency_penalty', 'frequencyPenalty'],
  ['presence_penalty', 'presencePenalty'],
]);

/** The prompts of the run, and their names by what the configuration calls them. */
interface PromptNames {
  readonly all: readonly string[];
  readonly namesOf: ReadonlyMap<string, readonly string[]>;
}

/** Writes models: settings that all have in common once, others with their model. @param others models for judges only */
export function modelKeys(
  models: readonly ModelSettings[],
  others: readonly ModelSettings[],
  prompts: PromptNames,
): ModelKeys {
  const sections = sectionNames([...models, ...others]);
  const isCommon = new Set(models.map(({ settings }) => canonicalJson(requestOf(settings)))).size === 1;
  const labels = uniqueLabels(models);
  const entries: JsonValue[] = [];
  const exclude: JsonValue[] = [];
  for (const [index, model] of models.entries()) {
    const provider = sections.names.get(model) ?? model.name;
    const label = labels[index] ?? null;
    const entry = entryOf(model, { provider, label, isCommon });
    if (entries.some((known) => canonicalJson(known) === canonicalJson(entry))) continue;
    entries.push(entry);
    exclude.push(...excluded(model, label, prompts));
  }
  const [first] = models;
  const idIn = (model: ModelSettings): string => idOf(model, sections.names.get(model) ?? model.name);
  return {
    ids: models.map(idIn),
    otherIds: others.map(idIn),
    keys: {
      model: entries,
      ...(isCommon && first !== undefined ? commonKeys(first.settings) : {}),
      ...(Object.keys(sections.sections).length === 0 ? {} : { providers: sections.sections }),
      ...(exclude.length === 0 ? {} : { exclude }),
    },
  };
}

/** A model as `--model` takes it. */
function idOf({ kind, model }: ModelSettings, provider: string): string {
  return kind === 'module' ? model : `${provider}/${model}`;
}

function requestOf({ temperature, maxTokens, params }: ProviderSettings): JsonObject {
  return { temperature, maxTokens, params };
}

function commonKeys({ temperature, maxTokens, params }: ProviderSettings): JsonObject {
  const own = Object.entries(params).filter(([name]) => OWN_KEYS.has(name));
  const param = Object.fromEntries(Object.entries(params).filter(([name]) => !OWN_KEYS.has(name)));
  return {
    ...(temperature === null ? {} : { temperature: [temperature] }),
    ...(maxTokens === null ? {} : { maxTokens }),
    ...Object.fromEntries(own.map(([name, value]) => [OWN_KEYS.get(name) ?? name, value])),
    ...(Object.keys(param).length === 0 ? {} : { param }),
  };
}

interface EntryUse {
  readonly provider: string;
  readonly label: string | null;
  /** Whether its request fields are those of all models. */
  readonly isCommon: boolean;
}

function entryOf(model: ModelSettings, { provider, label, isCommon }: EntryUse): JsonValue {
  const { temperature, maxTokens, params, price } = model.settings;
  const own: JsonObject = {
    ...(label === null ? {} : { label }),
    ...(isCommon || temperature === null ? {} : { temperature }),
    ...(isCommon || maxTokens === null ? {} : { maxTokens }),
    ...(isCommon || Object.keys(params).length === 0 ? {} : { params }),
    ...(price === null ? {} : { price }),
    ...(model.rpm === null ? {} : { rpm: model.rpm }),
  };
  return Object.keys(own).length === 0 ? idOf(model, provider) : { id: idOf(model, provider), ...own };
}

/** Labels that tell the models apart: each once, and none that is the id of another model. */
function uniqueLabels(models: readonly ModelSettings[]): readonly (string | null)[] {
  const taken = new Set<string>();
  const contents = new Map<string, string>();
  return models.map((model) => {
    const content = canonicalJson({ ...model.settings, temperature: null });
    const known = contents.get(model.model) ?? content;
    contents.set(model.model, known);
    // Without a label, one id has one set of fields.
    const base = model.label ?? (known === content ? null : model.model);
    if (base === null) return null;
    let label = base;
    const isOther = (text: string): boolean => models.some((one) => one.model === text && one.model !== model.model);
    for (
      let count = 2;
      taken.has(label) || isOther(label) || (model.label === null && label === model.model);
      count++
    ) {
      label = `${base} ${count}`;
    }
    taken.add(label);
    return label;
  });
}

function excluded(model: ModelSettings, label: string | null, { all, namesOf }: PromptNames): readonly JsonValue[] {
  if (model.prompts === null) return [];
  const allowed = new Set(model.prompts.flatMap((name) => namesOf.get(name) ?? []));
  return all.filter((name) => !allowed.has(name)).map((prompt) => ({ prompt, model: label ?? model.model }));
}

interface Sections {
  readonly names: ReadonlyMap<ModelSettings, string>;
  readonly sections: JsonObject;
}

/** A section for each different content; a provider without any keeps its own name. */
function sectionNames(models: readonly ModelSettings[]): Sections {
  const names = new Map<ModelSettings, string>();
  const sections = new Map<string, JsonObject>();
  const plain = new Set(
    models.filter(({ settings }) => Object.keys(settings.section).length === 0).map(({ name }) => name),
  );
  for (const model of models) {
    const { section } = model.settings;
    if (Object.keys(section).length === 0) continue;
    let name = model.name;
    for (let count = 2; isTaken(name, model, { plain, sections }); count++) name = `${model.name}-${count}`;
    names.set(model, name);
    sections.set(name, withKind(name, model));
  }
  return { names, sections: Object.fromEntries(sections) };
}

function withKind(name: string, { kind, settings: { section } }: ModelSettings): JsonObject {
  return name === kind ? section : { kind, ...section };
}

interface Taken {
  readonly plain: ReadonlySet<string>;
  readonly sections: ReadonlyMap<string, JsonObject>;
}

function isTaken(name: string, model: ModelSettings, { plain, sections }: Taken): boolean {
  const known = sections.get(name);
  return plain.has(name) || (known !== undefined && canonicalJson(known) !== canonicalJson(withKind(name, model)));
}
