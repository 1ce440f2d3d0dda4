import { UsageError } from '../core/errors.ts';
import { isAtLeast } from '../core/rounding.ts';
import type { AskedRequest, ScorerInput, UnnamedScore } from '../core/scorer.ts';
import { parseAssertion } from './assertion-syntax.ts';
import { literalTemplate, type ScoreAnswer, type ScorerTools, unscored, verdict } from './definition.ts';
import { ofPart } from './extraction.ts';

/** Maximum number of cached assertions; datasets repeat the same ones, or have a new one in each row. */
const MAX_KEPT = 10_000;

/** An assertion that can be scored. */
export interface ReadyAssertion {
  /** 1 if it holds, 0 if not, null if that cannot be determined. */
  readonly score: ScoreAnswer;
  /** The requests that it sends to models. */
  readonly requests: readonly AskedRequest[];
}

/** Prepares assertions, and caches them for rows that have the same ones. */
export class ReadyAssertions {
  readonly #tools: ScorerTools;
  readonly #kept = new Map<string, ReadyAssertion>();

  constructor({ hiddenColumns }: ScorerTools) {
    // A cell's text is not a template.
    this.#tools = { hiddenColumns, template: literalTemplate };
  }

  /**
   * An assertion such as `contains:Paris`. Returns a promise only if it is new.
   * @param part the part of the answer that it is about, as `extract` names it; null for all of it
   * @throws UsageError if it cannot be used
   */
  get(text: string, part: string | null = null): ReadyAssertion | Promise<ReadyAssertion> {
    const key = part === null ? text : `${part}\0${text}`;
    return this.#kept.get(key) ?? this.#make(key, text, part);
  }

  async #make(key: string, text: string, part: string | null): Promise<ReadyAssertion> {
    const ready = await makeReady(text, part, this.#tools);
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(key, ready);
    return ready;
  }
}

async function makeReady(text: string, part: string | null, tools: ScorerTools): Promise<ReadyAssertion> {
  const { kind, isNegated, value, threshold } = parseAssertion(text);
  const { definition, options } = kind.scorer({ value, threshold });
  const label = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  const { score: whole, asks } = await definition.create(options, { ...tools, label });
  const score = part === null ? whole : await ofPart(whole, part, label);
  const passMark = kind.passMark?.({ value, threshold }) ?? 1;
  const asksModel = definition.asksModel ?? false;
  const finish = (made: UnnamedScore): UnnamedScore => decide(made, passMark, isNegated);
  // A judge gets the row's own reference: the assertion's text is its rubric.
  const expectedOf = (input: ScorerInput): string | null => (asksModel ? input.expected : value);
  return {
    requests: asks?.requests ?? [],
    score: (input) => {
      const made = score({ ...input, expected: expectedOf(input), alternatives: undefined });
      return made instanceof Promise ? made.then(finish) : finish(made);
    },
  };
}

function decide(made: UnnamedScore, passMark: number, isNegated: boolean): UnnamedScore {
  const { value, explanation } = made;
  if (value === null || made.isVoid === true) return { value, explanation };
  const holds = isAtLeast(value, passMark);
  return verdict(holds !== isNegated, explanation);
}

/** An assertion with its name in an explanation, such as `__expected2`. */
export interface NamedAssertion {
  readonly name: string;
  readonly text: string;
  /** The part of the answer that it is about, as `extract` names it; null for all of it. */
  readonly part: string | null;
  /** What it counts for beside the row's others, above 0. */
  readonly weight: number;
}

/**
 * The share of assertions that hold for one answer, by their weights, with the first one that does not as the
 * explanation. Null if one of them could not be scored, because a share of the others would measure something else; then
 * with the most that it can be, and with what does not hold before what could not be scored.
 */
export async function scoreAssertions(
  ready: ReadyAssertions,
  assertions: readonly NamedAssertion[],
  input: ScorerInput,
): Promise<UnnamedScore> {
  let [held, open, all] = [0, 0, 0];
  let explanation: string | null = null;
  let unknown: string | null = null;
  for (const { name, text, part, weight } of assertions) {
    const score = await scoreOne(() => ready.get(text, part), input);
    all += weight;
    if (score.value === null) {
      open += weight;
      unknown ??= `${name}: ${score.explanation ?? 'it could not be scored'}`;
      continue;
    }
    held += score.value * weight;
    const why = score.explanation === null ? '' : `: ${score.explanation}`;
    if (score.value === 0) explanation ??= `${name} does not hold${why}`;
  }
  if (unknown === null) return { value: held / all, explanation };
  const why = explanation === null ? unknown : `${explanation}; ${unknown}`;
  return { ...unscored(why), most: (held + open) / all };
}

async function scoreOne(
  get: () => ReadyAssertion | Promise<ReadyAssertion>,
  input: ScorerInput,
): Promise<UnnamedScore> {
  try {
    const { score } = await get();
    return await score(input);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // Rows were checked before the calls, so this one was edited since.
    return unscored(error.message);
  }
}
