import { shortDigest } from '../../core/digest.ts';
import { canonicalJson } from '../../core/json.ts';
import type { Ask, JudgeQuestion, Reply } from '../../core/judge-question.ts';
import type { Prompt } from '../../core/prompt.ts';
import type { CompletedResult, Result } from '../../core/result.ts';
import type { Row } from '../../core/row.ts';
import { judgeTrialId, type Trial } from '../../core/trial.ts';
import { formatModelRef, type ModelRef, type Variant, type VariantTask } from '../../core/variant.ts';
import type { JudgeConfig } from '../config/run-config.ts';

/** The result of a judge request: new, or read from the journal; null if it has no result. */
export type FetchResult = (trial: Trial) => Promise<Result | null>;

/** The calls about one answer. */
export interface AnswerCalls {
  /** Makes the requests for one score. @param used receives the requests, in order */
  askFor(used: Result[]): Ask;
}

/** In place of the answered trial's id, for requests that do not depend on an answer. */
const SHARED = 't0';

/** Names the trial in results; nothing renders with it. */
const JUDGE_PROMPT: Prompt = { name: 'judge', template: '', variables: [], render: () => [] };

/** What the calls about several answers have in common. */
interface Made {
  /** One object per judge: keys of cache and journal are found by it. */
  readonly variants: Map<string, Variant>;
  /** Requests in flight that do not depend on an answer, by trial. */
  readonly shared: Map<string, Promise<Result | null>>;
}

/** Turns judge requests into trials of their own, which the engine runs like any other. */
export class JudgeCalls {
  readonly #judge: JudgeConfig;
  readonly #fetch: FetchResult;
  readonly #made: Made;

  constructor(judge: JudgeConfig, fetch: FetchResult, made: Made = { variants: new Map(), shared: new Map() }) {
    this.#judge = judge;
    this.#fetch = fetch;
    this.#made = made;
  }

  /** Uses the same judges in another way. */
  by(fetch: FetchResult): JudgeCalls {
    return new JudgeCalls(this.#judge, fetch, this.#made);
  }

  /** The calls about an answer. Of two scores with equal requests, one sends them, and only that one gets the cost. */
  about(row: Row, { trialId }: CompletedResult): AnswerCalls {
    const ofAnswer = new Map<string, Promise<Result | null>>();
    return {
      askFor: (used) => async (judgeQuestion) => {
        const trial = this.#trial(judgeQuestion, row, trialId);
        const isShared = trial.shared !== undefined;
        const fetched = isShared ? this.#made.shared : ofAnswer;
        const known = fetched.get(trial.id);
        const fetching = known ?? this.#fetch(trial);
        fetched.set(trial.id, fetching);
        const result = await fetching;
        if (isShared && fetched.get(trial.id) === fetching) fetched.delete(trial.id);
        // Of all answers, the one for which a shared request was sent bears its cost.
        const isOwn = isShared ? result?.judgeOf === trialId : known === undefined;
        if (result !== null && isOwn) used.push(result);
        return result === null ? notAsked(trial) : replyOf(result, judgeQuestion);
      },
    };
  }

  #trial({ model, messages, temperature, params, shared, task }: JudgeQuestion, row: Row, judgeOf: string): Trial {
    const variant = this.#variant(this.#modelOf(model, task), { temperature, params, task });
    const messagesJson = JSON.stringify(messages);
    const messagesDigest = shortDigest(messagesJson);
    const id = judgeTrialId({ trialId: shared === undefined ? judgeOf : SHARED, variant, messagesDigest });
    return { id, row, variant, repeat: 1, messages, messagesJson, messagesDigest, judgeOf, shared };
  }

  #modelOf(name: string | null, task: VariantTask | undefined): ModelRef {
    const own = task === undefined ? this.#judge.model : this.#judge.embeddingModel;
    const model = name === null ? own : this.#judge.named[name];
    // Settings with a judge that lacks its model were refused before.
    if (model === undefined || model === null) throw new TypeError(`no judge is named ${name ?? ''}`);
    return model;
  }

  #variant(model: ModelRef, { temperature, params, task }: Pick<Variant, 'temperature' | 'params' | 'task'>): Variant {
    const key = canonicalJson([formatModelRef(model), temperature, params, task ?? null]);
    const { variants } = this.#made;
    const variant = variants.get(key) ?? { index: 0, prompt: JUDGE_PROMPT, model, temperature, params, task };
    variants.set(key, variant);
    return variant;
  }
}

/** Also where a run was scored again, which asks nobody. */
function notAsked({ variant: { model, task } }: Trial): Reply {
  const what = task === undefined ? 'was not asked this' : 'made no embedding of this';
  const reason = `${formatModelRef(model)} ${what} yet: give the run command again with this scorer and this model`;
  return { kind: 'failed', reason };
}

function replyOf(result: Result, { task }: JudgeQuestion): Reply {
  const isJudge = task === undefined;
  switch (result.status) {
    case 'completed':
      return {
        kind: 'answered',
        output: result.completion.output,
        finishReason: result.completion.finishReason,
        logprobs: result.completion.logprobs,
      };
    case 'errored':
      return {
        kind: 'failed',
        reason: `${isJudge ? 'the judge gave no answer' : 'no embedding'}: ${result.errorCode}`,
      };
    case 'skipped':
      return { kind: 'failed', reason: `${isJudge ? 'the judge did not run' : 'no embedding'}: ${result.reason}` };
  }
}
