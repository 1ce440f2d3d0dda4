import { isDeepStrictEqual } from 'node:util';
import { UsageError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { formatModelRef, type GridModel, isMeant } from '../../core/variant.ts';
import { didYouMean } from '../../io/nearest.ts';
import { checkTemperatures, parseModelRef, requireNamed } from './endpoints.ts';
import type { GivenModel, GivenRule, ModelEntry } from './model-entries.ts';
import { asTheyTake, heedsTemperature } from './model-traits.ts';
import { readRates } from './rates.ts';
import { checkField, checkReserved } from './request-params.ts';
import type { GivenPrice, GridConfig, OfModel, PaceLimits } from './run-config.ts';
import type { FileSettings } from './schema.ts';

/** The part of a grid that its models decide, and what is set for single models besides requests. */
interface GridModels extends Pick<GridConfig, 'exclude' | 'include'> {
  readonly models: readonly GridModel[];
  readonly limits: readonly OfModel<PaceLimits>[];
  readonly prices: readonly OfModel<GivenPrice>[];
}

/** A model with everything that its entry sets. */
interface OwnModel extends GridModel {
  readonly limits: PaceLimits | null;
  readonly price: GivenPrice | null;
}

/**
 * The models of a grid, each with its own settings: an entry of `model` wins over the settings of all models, and
 * `--set` over both.
 * @param params request fields of all models
 * @param warnings to which one line is added for each setting that has no effect
 * @throws UsageError
 */
export function resolveGridModels(settings: FileSettings, params: JsonObject, warnings: string[]): GridModels {
  const common = { settings, params, warnings };
  const { exclude = [], include = [], modelCheck = true } = settings;
  const given = distinct(
    (settings.model ?? []).map((model) => resolveModel(model, common)),
    warnings,
  );
  checkLabels(given);
  const more = modelsOfRules(include, given, common);
  const models = withProviders(asTheyTake(withSet([...given, ...more], settings), settings, warnings));
  const rules = modelCheck ? include.map((rule) => asHeeded(rule, models)) : include;
  for (const { ref, temperatures } of models) checkTemperatures([ref], temperatures, settings);
  for (const { model, temperature } of rules) {
    const found = models.find((one) => isMeant(one, model ?? ''));
    if (found !== undefined && temperature !== undefined) checkTemperatures([found.ref], [temperature], settings);
  }
  return {
    models,
    exclude,
    include: rules,
    limits: models.flatMap(({ ref, limits }) => (limits === null ? [] : [{ ...ref, value: limits }])),
    prices: models.flatMap(({ ref, price }) => (price === null ? [] : [{ ...ref, value: price }])),
  };
}

interface Common {
  readonly settings: FileSettings;
  readonly params: JsonObject;
  readonly warnings: string[];
}

function resolveModel(entry: GivenModel, common: Common): OwnModel {
  const { settings, params, warnings } = common;
  const ofAll = uniqueOf(settings.temperature ?? [null], 'temperature', warnings);
  if (typeof entry === 'string') {
    const ref = parseModelRef(entry, settings);
    return { ref, label: undefined, temperatures: ofAll, params, limits: null, price: null };
  }
  const name = entry.label ?? entry.id;
  const ref =
    entry.provider === undefined
      ? parseModelRef(entry.id, settings)
      : { provider: requireNamed(entry.provider, settings).name, model: entry.id };
  warnings.push(...overruled(entry, ref.model, settings));
  return {
    ref,
    label: entry.label,
    temperatures: uniqueOf(entry.temperature ?? ofAll, 'temperature', warnings),
    params: merged(params, ownFields(entry, name)),
    limits: limitsOf(entry),
    price: entry.price === undefined ? null : readRates(entry.price),
  };
}

/** Request fields of an entry. @throws UsageError */
function ownFields({ maxTokens, params = {} }: ModelEntry, name: string): JsonObject {
  const where = `params of the model "${name}":`;
  const own = { ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }), ...checkReserved(params, where) };
  for (const [field, value] of Object.entries(own)) checkField(field, value, `${where} ${field}`);
  return own;
}

/**
 * Fields of all models with those of one, of which null leaves a common one out. The same object if nothing is added:
 * requests of one object share what they have in common.
 */
function merged(params: JsonObject, own: JsonObject): JsonObject {
  if (Object.keys(own).length === 0) return params;
  const all = Object.entries({ ...params, ...own });
  return Object.fromEntries(all.filter(([name]) => own[name] !== null || !Object.hasOwn(params, name)));
}

function limitsOf({ rpm, tpm }: ModelEntry): PaceLimits | null {
  return rpm === undefined && tpm === undefined ? null : { rpm: rpm ?? null, tpm: tpm ?? null };
}

/** What an entry sets that is set for its model elsewhere too, one line each. */
function overruled({ label, id, rpm, tpm, params = {}, maxTokens }: ModelEntry, model: string, settings: FileSettings) {
  const name = label ?? id;
  const { limits = {}, param = {} } = settings;
  const isLimited = (rpm !== undefined || tpm !== undefined) && limits[model] !== undefined;
  const twice = Object.keys(params).filter((field) => Object.hasOwn(param, field));
  if (maxTokens !== undefined && settings.maxTokens !== undefined) twice.push('maxTokens');
  return [
    ...(isLimited ? [`limits of "${model}" are not used for ${name}: its entry of model has its own`] : []),
    ...twice.map((field) => `${field} of ${name} is that of its entry of model, not the one for all models`),
  ];
}

/** Each model once: those that differ in their temperatures alone become one. @throws UsageError for namesakes */
function distinct(models: readonly OwnModel[], warnings: string[]): readonly OwnModel[] {
  const kept: OwnModel[] = [];
  for (const model of models) {
    const at = kept.findIndex(({ ref, label }) => label === model.label && isDeepStrictEqual(ref, model.ref));
    const same = kept[at];
    if (same === undefined) {
      kept.push(model);
      continue;
    }
    const name = model.label ?? formatModelRef(model.ref);
    if (model.label !== undefined) throw twiceLabelled(model.label);
    const { temperatures, ...others } = model;
    if (!isDeepStrictEqual({ ...others, temperatures: same.temperatures }, same)) {
      throw new UsageError(`the model ${name} is given twice, with other settings`, {
        hint: 'give each of them a label, such as label: with-tools',
      });
    }
    const more = temperatures.filter((temperature) => !same.temperatures.includes(temperature));
    if (more.length === 0) warnings.push('the same model is given twice: it is used once');
    kept[at] = { ...same, temperatures: [...same.temperatures, ...more] };
  }
  return kept;
}

function checkLabels(models: readonly OwnModel[]): void {
  const labels = models.flatMap(({ label }) => (label === undefined ? [] : [label]));
  const twice = labels.find((label, index) => labels.indexOf(label) < index);
  if (twice !== undefined) throw twiceLabelled(twice);
  for (const label of labels) {
    const other = models.find((model) => model.label !== label && isMeant({ ref: model.ref }, label));
    if (other === undefined) continue;
    throw new UsageError(`the label "${label}" is the id of another model of the grid`, { hint: 'give another label' });
  }
}

/**
 * Names models of one id by their providers too: the id is all that result files, comparisons and baselines have of a
 * model without a label.
 */
function withProviders<Model extends GridModel>(models: readonly Model[]): readonly Model[] {
  const plain = models.filter(({ label }) => label === undefined);
  return models.map((model) => {
    const { ref, label } = model;
    const others = plain.filter((other) => other.ref.model === ref.model);
    return label === undefined && others.length > 1 ? { ...model, label: formatModelRef(ref) } : model;
  });
}

function twiceLabelled(label: string): UsageError {
  return new UsageError(`the label "${label}" is given twice`, { hint: 'give each model a label of its own' });
}

/** Equal variants would each be paid. */
function asHeeded(rule: GivenRule, models: readonly OwnModel[]): GivenRule {
  const meant = models.find((one) => isMeant(one, rule.model ?? ''));
  return meant === undefined || heedsTemperature(meant) ? rule : { ...rule, temperature: null };
}

/** Models that only `include` names; they run at no temperature but those that it names. */
function modelsOfRules(rules: readonly GivenRule[], known: readonly OwnModel[], common: Common): readonly OwnModel[] {
  const found: OwnModel[] = [];
  for (const { model } of rules) {
    if (model === undefined) {
      throw new UsageError('include: an entry names no model', {
        hint: 'write it like {model: gpt-4o, temperature: 0}',
      });
    }
    if ([...known, ...found].some((one) => isMeant(one, model))) continue;
    found.push({ ...resolveModel(model, common), temperatures: [] });
  }
  return found;
}

/** Models with what `--set model.field=json` says of them. @throws UsageError for a model that the grid lacks */
function withSet(models: readonly OwnModel[], { set = {} }: FileSettings): readonly OwnModel[] {
  const own = new Map<OwnModel, OwnModel>();
  for (const [target, value] of Object.entries(set)) {
    const names = models.map((model) => ({ model, name: nameIn(model, target) }));
    const longest = Math.max(...names.map(({ name }) => name?.length ?? 0));
    const meant = names.filter(({ name }) => name !== null && name.length === longest).map(({ model }) => model);
    if (longest <= 0 || meant.length === 0) throw unknownTarget(target, models);
    const path = target.slice(longest + 1);
    for (const model of meant) own.set(model, withField(own.get(model) ?? model, { target, path, value }));
  }
  return models.map((model) => own.get(model) ?? model);
}

/** The longest of a model's names with which a target begins, before a dot; null if there is none. */
function nameIn({ ref, label }: OwnModel, target: string): string | null {
  const names = [label ?? ref.model, ref.model, formatModelRef(ref)].filter((name) => target.startsWith(`${name}.`));
  return names.toSorted((one, other) => other.length - one.length)[0] ?? null;
}

function unknownTarget(target: string, models: readonly OwnModel[]): UsageError {
  if (models.some((model) => isMeant(model, target))) return unnamedField(target);
  const known = models.map(({ ref, label }) => label ?? ref.model);
  return new UsageError(`--set ${target}: no model of the run is named so`, {
    hint: `write <model>.<field>=<json>; models: ${known.join(', ')}${didYouMean(target.split('.')[0] ?? '', known)}`,
  });
}

function unnamedField(target: string): UsageError {
  return new UsageError(`--set ${target} names no field`, {
    hint: 'write <model>.<field>=<json>, such as --set gpt-4o.seed=7',
  });
}

interface SetField {
  /** As given. */
  readonly target: string;
  /** The field, or a path into it. */
  readonly path: string;
  readonly value: JsonValue;
}

function withField(model: OwnModel, { target, path, value }: SetField): OwnModel {
  const where = `--set ${target}`;
  if (path === 'temperature') {
    if (value === null || typeof value === 'number') return { ...model, temperatures: [value] };
    throw new UsageError(`${where} must be a number, got ${JSON.stringify(value)}`, { hint: `such as ${where}=0.7` });
  }
  const names = path.split('.');
  if (names.includes('')) throw unnamedField(target);
  const params = withPath(model.params, names, value);
  const [field = ''] = names;
  checkReserved({ [field]: value }, '--set');
  checkField(field, params[field] ?? null, where);
  return { ...model, params };
}

function withPath(fields: JsonObject, [name = '', ...deeper]: readonly string[], value: JsonValue): JsonObject {
  const inner = fields[name];
  const own = deeper.length === 0 ? value : withPath(isJsonObject(inner) ? inner : {}, deeper, value);
  return { ...fields, [name]: own };
}

function uniqueOf<T>(values: readonly T[], name: string, warnings: string[]): readonly T[] {
  const kept = [...new Set(values)];
  if (kept.length < values.length) warnings.push(`the same ${name} is given twice: it is used once`);
  return kept;
}
