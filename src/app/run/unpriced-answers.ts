import { distinctModels } from '../../core/model-names.ts';
import { isSameTier, isUsualTier } from '../../core/request-fields.ts';
import type { ModelRef } from '../../core/variant.ts';
import type { UnpricedAnswer } from '../../engine/answer-cost.ts';
import type { Lane } from '../endpoints/lanes.ts';

/** Reports why answers have no cost although their tokens are known, once per reason and model. */
export class UnpricedAnswers {
  readonly #warn: (text: string) => void;
  /** Every model that the run asks. */
  readonly #models: readonly ModelRef[];
  readonly #reported = new Set<string>();

  constructor(lanes: readonly Pick<Lane, 'provider' | 'models'>[], warn: (text: string) => void) {
    this.#warn = warn;
    this.#models = lanes.flatMap((lane) => lane.models.map((model) => ({ provider: lane.provider.name, model })));
  }

  /** Models without any price are not reported: the tables of a run show that. */
  note(answer: UnpricedAnswer, { provider }: Pick<Lane, 'provider'>): void {
    const [model = answer.model] = distinctModels([{ provider: provider.name, model: answer.model }], this.#models);
    const reason = reasonOf({ ...answer, model });
    if (reason === null) return;
    const key = `${model} ${reason.kind}`;
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    this.#warn(`${reason.text}; the cost of such answers is unknown`);
  }
}

interface Reason {
  readonly kind: 'unexplained' | 'charge' | 'cache' | 'tier';
  readonly text: string;
}

function reasonOf({ model, usage, tier, asked, price }: UnpricedAnswer): Reason | null {
  if (price === null) {
    if (isUsualTier(tier) && isUsualTier(asked)) return null;
    const hint = isSameTier(tier, asked)
      ? `--price ${model}=<prompt>,<completion> gives it`
      : `--price is for the tier that the run asks for, ${asked ?? 'default'}`;
    const at = `the service tier ${tier ?? 'default'}`;
    return { kind: 'tier', text: `${model} answers at ${at}, whose price is not known (${hint})` };
  }
  const { unexplainedTokens = 0, totalTokens, otherCharge } = usage;
  if (unexplainedTokens > 0) {
    const text =
      `the usage that ${model} reports does not add up: its total of ${totalTokens} tokens is ${unexplainedTokens} more ` +
      'than prompt and completion, and no other count explains them';
    return { kind: 'unexplained', text };
  }
  if (otherCharge !== undefined) {
    return { kind: 'charge', text: `${model} charges for ${otherCharge} beside text, at a price that is not known` };
  }
  const rates = '<prompt>,<completion>,<cache read>,<cache write>,<cache write for 1 h>';
  const hint = `--price ${model}=${rates} gives them`;
  return { kind: 'cache', text: `${model} reads or writes a prompt cache at prices that are not known (${hint})` };
}
