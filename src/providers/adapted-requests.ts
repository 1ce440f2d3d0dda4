import type { CallError } from '../core/call-error.ts';
import type { JsonObject } from '../core/json.ts';
import type { CompletionRequest } from '../core/provider.ts';
import { mendableField } from '../core/request-hint.ts';
import { modelTraits } from './model-traits.ts';

/** The two names of the limit of an answer's tokens, each with the other. */
const OTHER_NAME = { max_tokens: 'max_completion_tokens', max_completion_tokens: 'max_tokens' } as const;

type LimitName = keyof typeof OTHER_NAME;

/** How requests to a model differ from what was asked for. */
interface Change {
  readonly isWithoutTemperature: boolean;
  /** The name of the limit to replace with its other name; null for none. */
  readonly refusedLimit: LimitName | null;
}

const NO_CHANGE: Change = { isWithoutTemperature: false, refusedLimit: null };

/** How requests are adapted. */
interface AdaptSettings {
  /** True if the API takes the limit of some models as `max_completion_tokens` only. */
  readonly limitsCompletion: boolean;
  /** True if what is known of models counts; else only what their refusals show. */
  readonly knowsModels: boolean;
  /** Receives one line for each thing that a refusal shows. */
  readonly onNotice: (text: string) => void;
}

/**
 * Requests as their models take them: without a temperature, or with the limit of an answer under its other name. What
 * is not known of a model is learned from its refusal, once for each, after which the request is made again.
 */
export class AdaptedRequests {
  readonly #settings: AdaptSettings;
  /** By model. */
  readonly #learned = new Map<string, Change>();
  /** By request fields, which the requests of a variant share, and model. */
  #changes = new WeakMap<JsonObject, Map<string, Change>>();
  /** One object for each, because requests with the same object share their text. */
  readonly #renamed = new WeakMap<JsonObject, JsonObject>();

  constructor(settings: AdaptSettings) {
    this.#settings = settings;
  }

  /** The request to send. */
  adapted(request: CompletionRequest): CompletionRequest {
    const change = this.#changeOf(request);
    if (change === NO_CHANGE) return request;
    const { temperature, params } = request;
    return {
      ...request,
      temperature: change.isWithoutTemperature ? null : temperature,
      params: change.refusedLimit === null ? params : this.#withOtherName(params, change.refusedLimit),
    };
  }

  /**
   * The error of a request, which may be made again if something was learned from it, be it by another request that was
   * under way at the same time.
   * @param sent the request as it was sent
   */
  refused(error: CallError, sent: CompletionRequest, model: string): CallError {
    if (error.kind !== 'invalid_request') return error;
    const field = mendableField(error.message, sent);
    if (field === null) return error;
    const known = this.#learned.get(model) ?? NO_CHANGE;
    // Neither name is taken.
    if (field !== 'temperature' && known.refusedLimit === OTHER_NAME[field]) return error;
    const isKnown = field === 'temperature' ? known.isWithoutTemperature : known.refusedLimit === field;
    if (!isKnown) this.#learn(model, known, field);
    return error.with({ mayRetry: true, retryAfterMs: 0 });
  }

  #learn(model: string, known: Change, field: 'temperature' | LimitName): void {
    const isTemperature = field === 'temperature';
    this.#learned.set(
      model,
      isTemperature ? { ...known, isWithoutTemperature: true } : { ...known, refusedLimit: field },
    );
    this.#changes = new WeakMap();
    const what = isTemperature
      ? 'takes no temperature: it is asked without one'
      : `takes ${field} as ${OTHER_NAME[field]}`;
    this.#settings.onNotice(`${model} ${what}, as its API says`);
  }

  #changeOf({ model, params }: CompletionRequest): Change {
    const ofParams = this.#changes.get(params) ?? new Map<string, Change>();
    this.#changes.set(params, ofParams);
    const change = ofParams.get(model) ?? this.#makeChange(model, params);
    ofParams.set(model, change);
    return change;
  }

  #makeChange(model: string, params: JsonObject): Change {
    const { knowsModels, limitsCompletion } = this.#settings;
    const learned = this.#learned.get(model) ?? NO_CHANGE;
    const traits = knowsModels ? modelTraits(model, params) : null;
    const isWithoutTemperature = learned.isWithoutTemperature || traits?.temperature === 'refused';
    const needsOther = limitsCompletion && traits?.limitsCompletion === true && params['max_tokens'] !== undefined;
    const refusedLimit = learned.refusedLimit ?? (needsOther ? 'max_tokens' : null);
    return isWithoutTemperature || refusedLimit !== null ? { isWithoutTemperature, refusedLimit } : NO_CHANGE;
  }

  #withOtherName(params: JsonObject, name: LimitName): JsonObject {
    const known = this.#renamed.get(params);
    if (known !== undefined) return known;
    const { [name]: limit, ...others } = params;
    const renamed = limit === undefined ? params : { ...others, [OTHER_NAME[name]]: limit };
    this.#renamed.set(params, renamed);
    return renamed;
  }
}
