import { UsageError } from '../core/errors.ts';
import type { Judgement, ScorerInput } from '../core/scorer.ts';
import { parseAssertion } from './assertion-syntax.ts';
import { type Judge, literalTemplate, type ScorerTools, unjudged, verdict } from './definition.ts';

/** Most assertions that are kept ready; datasets have the same ones again and again, or a new one in each row. */
const MAX_KEPT = 10_000;

/** An assertion that can be judged. */
export interface ReadyAssertion {
  /** 1 where it holds, 0 where not, null where that cannot be said. */
  readonly judge: Judge;
  /** True where a model is asked for it. */
  readonly asksModel: boolean;
}

/** Makes assertions ready, and keeps them for the rows that have the same. */
export class ReadyAssertions {
  readonly #tools: ScorerTools;
  readonly #kept = new Map<string, ReadyAssertion>();

  constructor({ hiddenColumns }: ScorerTools) {
    // What stands in a cell is no template.
    this.#tools = { hiddenColumns, template: literalTemplate };
  }

  /**
   * An assertion such as `contains:Paris`. A promise only where it is new.
   * @throws UsageError where it cannot be used
   */
  get(text: string): ReadyAssertion | Promise<ReadyAssertion> {
    return this.#kept.get(text) ?? this.#make(text);
  }

  async #make(text: string): Promise<ReadyAssertion> {
    const ready = await makeReady(text, this.#tools);
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(text, ready);
    return ready;
  }
}

async function makeReady(text: string, tools: ScorerTools): Promise<ReadyAssertion> {
  const { kind, isNegated, value, threshold } = parseAssertion(text);
  const { definition, options } = kind.scorer({ value, threshold });
  const label = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  const { judge } = await definition.create(options, { ...tools, label });
  const passMark = kind.passMark?.({ value, threshold }) ?? 1;
  const asksModel = definition.asksModel ?? false;
  const finish = (judgement: Judgement): Judgement => decide(judgement, passMark, isNegated);
  // A judge is given the row's own reference: the assertion's text is its rubric.
  const expectedOf = (input: ScorerInput): string | null => (asksModel ? input.expected : value);
  return {
    asksModel,
    judge: (input) => {
      const judgement = judge({ ...input, expected: expectedOf(input), alternatives: undefined });
      return judgement instanceof Promise ? judgement.then(finish) : finish(judgement);
    },
  };
}

function decide({ value, explanation }: Judgement, passMark: number, isNegated: boolean): Judgement {
  if (value === null) return { value, explanation };
  const holds = value >= passMark;
  return verdict(holds !== isNegated, explanation);
}

/** An assertion with how it is named in an explanation, such as `__expected2`. */
export interface NamedAssertion {
  readonly name: string;
  readonly text: string;
}

/**
 * The share of assertions that hold of one answer, with the first one that does not as the explanation.
 * Null where one of them could not be scored, for a share of the others would be a figure of something else.
 */
export async function scoreAssertions(
  ready: ReadyAssertions,
  assertions: readonly NamedAssertion[],
  input: ScorerInput,
): Promise<Judgement> {
  let held = 0;
  let explanation: string | null = null;
  for (const { name, text } of assertions) {
    const judgement = await judgeOne(ready, text, input);
    if (judgement.value === null) return unjudged(`${name}: ${judgement.explanation ?? 'it could not be scored'}`);
    held += judgement.value;
    const why = judgement.explanation === null ? '' : `: ${judgement.explanation}`;
    if (judgement.value === 0) explanation ??= `${name} does not hold${why}`;
  }
  return { value: held / assertions.length, explanation };
}

async function judgeOne(ready: ReadyAssertions, text: string, input: ScorerInput): Promise<Judgement> {
  try {
    const { judge } = await ready.get(text);
    return await judge(input);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // Rows were checked before the calls: this one was edited since.
    return unjudged(error.message);
  }
}
