import { shortDigest } from '../../core/digest.ts';
import { canonicalJson } from '../../core/json.ts';
import type { Ask, JudgeQuestion, Reply } from '../../core/judge-question.ts';
import type { Prompt } from '../../core/prompt.ts';
import type { CompletedResult, Result } from '../../core/result.ts';
import type { Row } from '../../core/row.ts';
import { judgeTrialId, type Trial } from '../../core/trial.ts';
import { formatModelRef, type ModelRef, type Variant } from '../../core/variant.ts';
import type { JudgeConfig } from '../config/run-config.ts';

/** The result of a judge request: new, or read from the journal; null if it has no result. */
export type FetchResult = (trial: Trial) => Promise<Result | null>;

/** The calls about one answer. */
export interface AnswerCalls {
  /** Makes the requests for one score. @param used receives the requests, in order */
  askFor(used: Result[]): Ask;
}

const NO_COMPLETION = 'the judge has not run yet: run the same command again';

/** Names the trial in results; nothing renders with it. */
const JUDGE_PROMPT: Prompt = { name: 'judge', template: '', variables: [], render: () => [] };

/** Turns judge requests into trials of their own, which the engine runs like any other. */
export class JudgeCalls {
  readonly #judge: JudgeConfig;
  readonly #fetch: FetchResult;
  // One object per judge: keys of cache and journal are found by it.
  readonly #variants: Map<string, Variant>;

  constructor(judge: JudgeConfig, fetch: FetchResult, variants = new Map<string, Variant>()) {
    this.#judge = judge;
    this.#fetch = fetch;
    this.#variants = variants;
  }

  /** Uses the same judges in another way. */
  by(fetch: FetchResult): JudgeCalls {
    return new JudgeCalls(this.#judge, fetch, this.#variants);
  }

  /** The calls about an answer. Of two scores with equal requests, one sends them, and only that one gets the cost. */
  about(row: Row, { trialId }: CompletedResult): AnswerCalls {
    const fetched = new Map<string, Promise<Result | null>>();
    return {
      askFor: (used) => async (judgeQuestion) => {
        const trial = this.#trial(judgeQuestion, row, trialId);
        const known = fetched.get(trial.id);
        const fetching = known ?? this.#fetch(trial);
        fetched.set(trial.id, fetching);
        const result = await fetching;
        if (result !== null && known === undefined) used.push(result);
        return replyOf(result);
      },
    };
  }

  #trial({ model, messages, temperature, params }: JudgeQuestion, row: Row, judgeOf: string): Trial {
    const variant = this.#variant(this.#modelOf(model), { temperature, params });
    const messagesJson = JSON.stringify(messages);
    const messagesDigest = shortDigest(messagesJson);
    const id = judgeTrialId({ trialId: judgeOf, variant, messagesDigest });
    return { id, row, variant, repeat: 1, messages, messagesJson, messagesDigest, judgeOf };
  }

  #modelOf(name: string | null): ModelRef {
    const model = name === null ? this.#judge.model : this.#judge.named[name];
    // Settings with a judge that lacks its model were refused before.
    if (model === undefined || model === null) throw new TypeError(`no judge is named ${name ?? ''}`);
    return model;
  }

  #variant(model: ModelRef, { temperature, params }: Pick<Variant, 'temperature' | 'params'>): Variant {
    const key = canonicalJson([formatModelRef(model), temperature, params]);
    const variant = this.#variants.get(key) ?? { index: 0, prompt: JUDGE_PROMPT, model, temperature, params };
    this.#variants.set(key, variant);
    return variant;
  }
}

function replyOf(result: Result | null): Reply {
  if (result === null) return { kind: 'failed', reason: NO_COMPLETION };
  switch (result.status) {
    case 'completed':
      return {
        kind: 'answered',
        output: result.completion.output,
        finishReason: result.completion.finishReason,
      };
    case 'errored':
      return { kind: 'failed', reason: `the judge gave no answer: ${result.errorCode}` };
    case 'skipped':
      return { kind: 'failed', reason: `the judge did not run: ${result.reason}` };
  }
}
