import type { JsonObject } from './json.ts';
import { parseProgramRef, programOf } from './program-ref.ts';
import type { Prompt } from './prompt.ts';

/** A model at a provider; written `provider/model`, and `module:<path>` or `exec:<command>` for a program of the user. */
export interface ModelRef {
  /** Name of an API, or `module:<path>` or `exec:<command>`. */
  readonly provider: string;
  /** The id as the API takes it. */
  readonly model: string;
}

/** `provider/model`, `module:<path>` or `exec:<command>`. */
export function formatModelRef({ provider, model }: ModelRef): string {
  const program = programOf(provider);
  return program === null ? `${provider}/${model}` : `${program.kind}:${model}`;
}

/** The model that `formatModelRef` wrote. */
export function readModelRef(text: string): ModelRef {
  const program = parseProgramRef(text);
  if (program !== null) return program;
  const at = text.indexOf('/');
  return { provider: text.slice(0, at), model: text.slice(at + 1) };
}

/** A model of the grid, with the settings that are its own. */
export interface GridModel {
  readonly ref: ModelRef;
  /** Its name in tables and files; absent if it goes by its id. */
  readonly label?: string | undefined;
  /** null leaves the field out. */
  readonly temperatures: readonly (number | null)[];
  /** Other request fields, as the API names them. */
  readonly params: JsonObject;
}

/** Names variants of a grid: those that have everything it says. */
export interface VariantRule {
  /** Name of a prompt; absent for any. */
  readonly prompt?: string | undefined;
  /** Label, id or `provider/id`; absent for any. */
  readonly model?: string | undefined;
  /** Absent for any. */
  readonly temperature?: number | null | undefined;
}

/** A variant: prompt × model × temperature × the other request fields. */
export interface Variant {
  /** Index in the grid, from 0: prompt, then model, then temperature. */
  readonly index: number;
  readonly prompt: Prompt;
  readonly model: ModelRef;
  /** The model's label in the run; absent if it goes by its id. */
  readonly label?: string | undefined;
  /** Sampling temperature; null leaves the field out, which means the provider's default. */
  readonly temperature: number | null;
  /** Other request fields, as the API names them. */
  readonly params: JsonObject;
  /** What is made of its messages; absent for a chat. */
  readonly task?: VariantTask | undefined;
}

/**
 * `similarity`: how alike the texts of two messages are, by their embeddings. `embedding`: the embedding of one, which
 * is a part of that.
 */
export type VariantTask = 'similarity' | 'embedding';

/** What names a variant. */
export interface NamedVariant extends Pick<Variant, 'model' | 'label' | 'temperature'> {
  readonly prompt: Pick<Variant['prompt'], 'name'>;
}

/** What a grid is made of; its prompts may be no more than names. */
export interface VariantAxes<P extends Named = Prompt> {
  readonly prompts: readonly P[];
  readonly models: readonly GridModel[];
  /** Variants that are left out. */
  readonly exclude: readonly VariantRule[];
  /** Variants beyond those of the models' own temperatures; without a temperature, that of the provider. */
  readonly include: readonly VariantRule[];
}

type Named = Pick<Prompt, 'name'>;

/** A place of the grid. */
export interface VariantPlace<P extends Named = Prompt> {
  readonly prompt: P;
  readonly model: GridModel;
  readonly temperature: number | null;
}

/** True if a rule means this model: by its label, its id or `provider/id`. */
export function isMeant({ ref, label }: Pick<GridModel, 'ref' | 'label'>, name: string): boolean {
  return name === label || name === ref.model || name === formatModelRef(ref);
}

/** Every place of the grid, in plan order: prompt, then model, then temperature. */
export function gridPlaces<P extends Named>(axes: VariantAxes<P>): readonly VariantPlace<P>[] {
  const { prompts, models } = axes;
  return prompts.flatMap((prompt) =>
    models.flatMap((model) =>
      temperaturesOf(axes, { prompt, model }).map((temperature) => ({ prompt, model, temperature })),
    ),
  );
}

/** Every variant, in plan order. */
export function buildVariants(axes: VariantAxes): readonly Variant[] {
  return gridPlaces(axes).map(({ prompt, model: { ref, label, params }, temperature }, index) => {
    const variant = { index, prompt, model: ref, temperature, params };
    return label === undefined ? variant : { ...variant, label };
  });
}

function temperaturesOf<P extends Named>(
  { exclude, include }: VariantAxes<P>,
  { prompt, model }: Pick<VariantPlace<P>, 'prompt' | 'model'>,
): readonly (number | null)[] {
  const own = model.temperatures.filter(
    (temperature) => !exclude.some((rule) => fits(rule, { prompt, model, temperature })),
  );
  const more = include.filter((rule) => fits({ ...rule, temperature: null }, { prompt, model, temperature: null }));
  return [...new Set([...own, ...more.map(({ temperature = null }) => temperature)])];
}

function fits<P extends Named>(rule: VariantRule, { prompt, model, temperature }: VariantPlace<P>): boolean {
  if (rule.prompt !== undefined && rule.prompt !== prompt.name) return false;
  if (rule.model !== undefined && !isMeant(model, rule.model)) return false;
  return rule.temperature === undefined || rule.temperature === temperature;
}

/** The first rule that fits no place of the grid without rules; null if each one does. */
export function idleRule<P extends Named>(axes: VariantAxes<P>, rules: readonly VariantRule[]): VariantRule | null {
  const places = gridPlaces({ ...axes, exclude: [], include: [] });
  return rules.find((rule) => !places.some((place) => fits(rule, place))) ?? null;
}
