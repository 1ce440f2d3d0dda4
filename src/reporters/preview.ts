import { countText } from '../core/compare/words.ts';
import { oneLine, plainJson } from '../core/plain-text.ts';
import { formatCount } from './format.ts';

/** A plan as it is shown before any call. */
interface ShownPlan {
  readonly dataset: string;
  readonly rows: number;
  readonly columns: readonly string[];
  readonly prompts: readonly string[];
  readonly models: readonly string[];
  readonly temperatures: readonly (number | null)[];
  readonly repeats: number;
  readonly variants: number;
  readonly trials: number;
  readonly judges: readonly string[];
  readonly endpoints: readonly string[];
  readonly out: string;
  readonly firstMessages: readonly { readonly role: string }[];
}

/** The plan in words, with the first messages as they would be sent. */
export function renderPreview(plan: ShownPlan): string {
  const factors = [
    countText(plan.rows, 'row'),
    countText(plan.variants, 'variant'),
    ...(plan.repeats === 1 ? [] : [`${formatCount(plan.repeats)} repeats`]),
  ];
  const lines = [
    `dataset       ${plan.dataset}: columns ${plan.columns.join(', ')}`,
    `prompts       ${listed(plan.prompts)}`,
    `models        ${listed(plan.models)}`,
    `temperatures  ${listed(plan.temperatures.map((value) => value ?? 'default'))}`,
    `endpoint      ${plan.endpoints.join(', ')}`,
    `results       ${plan.out}`,
    `trials        ${factors.join(' × ')} = ${formatCount(plan.trials)}`,
    ...(plan.judges.length === 0
      ? []
      : [`judges        ${plan.judges.join(', ')}: called for each answer, on top of the trials`]),
    'first messages',
  ];
  return [...lines.map(oneLine), plainJson(plan.firstMessages), 'nothing was called'].join('\n');
}

/** A plan without rows has no variants. */
function listed(values: readonly (string | number)[]): string {
  return values.length === 0 ? 'none' : values.join(', ');
}
