import { UsageError } from '../core/errors.ts';
import type { OrderEffect, ScorerInput, UnnamedScore } from '../core/scorer.ts';
import type { NamedVariant } from '../core/variant.ts';
import { defineScorer, type ScorerContext, type ScorerParts, unscored, type Zod } from './definition.ts';
import { judgeOptions, judgeRequest } from './judge-options.ts';
import {
  inputText,
  judgeMessages,
  PREFERENCE_INSTRUCTION,
  rendered,
  renderSections,
  type Section,
  taskSections,
} from './judge-prompt.ts';
import { describeReference, type GivenReference, isReference, isReferenceOf, referenceFor } from './reference.ts';
import { askForVerdict, type PreferenceVerdict, type Read, readPreference } from './verdict.ts';

const DEFAULT_RUBRIC =
  'The better answer does what the input asks for more correctly and more completely. Where there is a reference, it ' +
  'is the one that is nearer to the meaning of the reference.';

/** An answer as good as the one it is compared with passes. */
const DEFAULT_THRESHOLD = 0.5;

function referenceShape(z: Zod) {
  return z.strictObject({
    model: z.string().min(1).optional().describe('its model; else the same as of the answer'),
    prompt: z.string().min(1).optional().describe('name of its prompt; else the same'),
    temperature: z.number().optional().describe('its temperature; else the same'),
  });
}

/** Which of two answers to a row is better, judged in both orders. */
export const judgePairwise = defineScorer({
  name: 'judge-pairwise',
  title: 'whether a model prefers the answer to that of another variant: judge-pairwise:<its model>',
  argument: 'against',
  options: (z) => ({
    against: z.union([z.string().min(1), referenceShape(z)]).describe('the variant that others are compared with'),
    rubric: z.string().min(1).optional().describe('what to judge by; a Liquid template with the columns of the row'),
    ...judgeOptions(z),
  }),
  asksModel: true,
  threshold: DEFAULT_THRESHOLD,
  explains: true,
  defaultName: () => 'judge-pairwise',
  create({ against, rubric = DEFAULT_RUBRIC, ...options }, context): ScorerParts {
    const reference: GivenReference = typeof against === 'string' ? { model: against } : against;
    if (Object.values(reference).every((part) => part === undefined)) throw noReference(context);
    const template = context.template(context.label, rubric);
    const request = judgeRequest(options, context.label);
    const compare = async (input: ScorerInput): Promise<UnnamedScore> => {
      const other = referenceFor(reference, input.place, input.peers);
      if (other === undefined) return unscored('there is no answer to compare with');
      const parts = partsOf(input, (values) => template.render(values), context.hiddenColumns);
      if ('fault' in parts) return unscored(parts.fault);
      const outputs = [input.output, other.completion.output] as const;
      const asked = [outputs, [outputs[1], outputs[0]] as const].map(([one, two]) => {
        const answers = [
          { name: 'answer_1', text: one },
          { name: 'answer_2', text: two },
        ];
        const messages = judgeMessages(PREFERENCE_INSTRUCTION, [], renderSections([...parts.sections, ...answers]));
        return askForVerdict(input.ask, { ...request, messages }, readPreference);
      });
      const [own, swapped] = await Promise.all(asked);
      return preferenceScore(own, swapped);
    };
    return {
      needsExpected: false,
      score: compare,
      asks: {
        requests: [request],
        compares: true,
        variables: template.variables,
        skips: (place) => isReference(reference, place),
        checkVariants: (variants) => {
          const places = variants.map(placeOf);
          const others = places.filter((place) => !isReference(reference, place));
          if (others.length === places.length) throw noVariant(reference, context);
          const isCompared = others.some((place) => places.some((peer) => isReferenceOf(reference, place, peer)));
          if (!isCompared) throw nothingCompared(reference, context);
        },
      },
    };
  },
});

type ReferencePlace = Parameters<typeof isReference>[1];

function placeOf({ model, label, prompt, temperature }: NamedVariant): ReferencePlace {
  return { provider: model.provider, model: model.model, label, prompt: prompt.name, temperature };
}

function noReference({ label }: ScorerContext): UsageError {
  return new UsageError(`${label}: against names nothing`, { hint: 'name a model, a prompt or a temperature' });
}

function noVariant(reference: GivenReference, { label }: ScorerContext): UsageError {
  return new UsageError(`${label}: the grid has no variant of ${describeReference(reference)} to compare with`, {
    hint: 'name a model, prompt or temperature of the run',
  });
}

function nothingCompared(reference: GivenReference, { label }: ScorerContext): UsageError {
  return new UsageError(`${label}: no variant of the grid is compared with ${describeReference(reference)}`, {
    hint: 'add another model, prompt or temperature to the run, or compare with another',
  });
}

type Parts = { readonly sections: readonly Section[] } | { readonly fault: string };

function partsOf(
  { row, expected }: ScorerInput,
  render: (values: ScorerInput['row']['vars']) => string,
  hidden: readonly string[],
): Parts {
  const input = inputText(row, hidden);
  const rubric = rendered(() => render({ ...row.vars, input, expected }));
  if ('fault' in rubric) return rubric;
  return { sections: [{ name: 'rubric', text: rubric.text }, ...taskSections(input, expected)] };
}

type PreferenceRead = Read<PreferenceVerdict> | undefined;

/** 1 for an answer that is preferred, ½ for a tie, 0 for the other; the mean of both orders. */
function preferenceScore(own: PreferenceRead, swapped: PreferenceRead): UnnamedScore {
  if (own === undefined || swapped === undefined) return unscored('it was not compared');
  if ('fault' in own) return unscored(own.fault);
  if ('fault' in swapped) return unscored(swapped.fault);
  const [ahead, behind] = [own.verdict, swapped.verdict];
  const value = (VALUE_WHEN_FIRST[ahead.better] + 1 - VALUE_WHEN_FIRST[behind.better]) / 2;
  return { value, explanation: ahead.reason ?? behind.reason, orderEffect: orderEffect(ahead, behind) };
}

const VALUE_WHEN_FIRST = { first: 1, tie: 0.5, second: 0 } as const;

/** The position that was preferred both times, although the answers were swapped; a tie has no position. */
function orderEffect(ahead: PreferenceVerdict, behind: PreferenceVerdict): OrderEffect {
  return ahead.better === behind.better && ahead.better !== 'tie' ? ahead.better : 'none';
}
