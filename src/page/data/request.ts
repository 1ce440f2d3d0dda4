import type { AnalysedVariant } from '../../core/analysis/analysis.ts';
import { showsAttached } from '../../core/attached.ts';
import type { JsonObject } from '../../core/json.ts';
import type { PageRequest } from '../../core/page-data.ts';
import { programOf } from '../../core/program-ref.ts';
import type { PageMessage, RowView, TrialView } from './row-view.ts';

/** A request of a run, to be sent again. */
export interface Asked {
  readonly variant: AnalysedVariant;
  /** Other request fields of the variant. */
  readonly params: JsonObject;
  readonly messages: readonly PageMessage[];
  readonly request: PageRequest;
}

/** The body of a request; null if its messages are not known whole, as with files, which the page does not have. */
function requestBody({ variant, params, messages }: Omit<Asked, 'request'>): object | null {
  if (messages.length === 0 || messages.some(({ length, text }) => length !== null || showsAttached(text))) return null;
  return {
    model: variant.model,
    messages: messages.map(({ role, text }) => ({ role, content: text })),
    ...(variant.temperature === null ? {} : { temperature: variant.temperature }),
    ...params,
  };
}

/**
 * The command that sends a request again; the key comes from a variable. null if its messages are not known whole, if
 * the API has another form than chat completions, or a program answers.
 */
export function curlText(asked: Asked): string | null {
  const body = requestBody(asked);
  const { provider } = asked.variant;
  if (programOf(provider) !== null) return null;
  const endpoint = Object.hasOwn(asked.request.endpoints, provider) ? asked.request.endpoints[provider] : undefined;
  if (body === null || endpoint?.isChat === false) return null;
  const key = `$${provider.replaceAll(/\W/g, '_').toUpperCase()}_API_KEY`;
  const address =
    endpoint === undefined
      ? '"$BASE_URL/chat/completions"'
      : quoted(`${endpoint.url.replace(/\/$/, '')}/chat/completions`);
  return [
    `curl ${address}`,
    `-H "${endpoint?.keyHeader ?? 'Authorization: Bearer '}${key}"`,
    "-H 'Content-Type: application/json'",
    `-d ${quoted(JSON.stringify(body))}`,
  ].join(' \\\n  ');
}

/** A word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * The request fields of variants, each set of fields once with the names of those that have it, or without names if all
 * have it. Variants without fields are left out.
 */
export function fieldsTexts(params: readonly JsonObject[], nameOf: (variant: number) => string): readonly string[] {
  const sets = new Map<string, number[]>();
  for (const [variant, fields] of params.entries()) {
    if (Object.keys(fields).length === 0) continue;
    const text = JSON.stringify(fields);
    sets.set(text, [...(sets.get(text) ?? []), variant]);
  }
  return [...sets].map(([text, variants]) =>
    variants.length === params.length ? text : `${variants.map(nameOf).join(', ')}: ${text}`,
  );
}

/** A trial as JSON text. @param columns of the dataset; @param scorers their names */
export function trialJson(
  row: RowView,
  trial: TrialView,
  names: { readonly columns: readonly string[]; readonly scorers: readonly string[] },
): string {
  // Entries, so that a column named like a property of objects is a column.
  const vars = names.columns.map((name, index) => [name, row.value(index)?.text ?? null] as const);
  const scores = names.scorers.map((name, index) => [name, trial.score(index)] as const);
  const value = {
    trial_id: trial.id,
    row_id: row.id,
    row: Object.fromEntries(vars),
    repeat: trial.repeat,
    status: trial.isAnswered ? 'completed' : trial.isErrored ? 'errored' : 'skipped',
    output: trial.isAnswered ? trial.output.text : null,
    finish_reason: trial.finish === '' ? null : trial.finish,
    prompt_tokens: trial.promptTokens,
    completion_tokens: trial.completionTokens,
    total_cost: trial.cost,
    currency: trial.currency === '' ? null : trial.currency,
    latency_ms: trial.latencyMs,
    scores: Object.fromEntries(scores),
    ...(trial.isErrored ? { error_code: trial.errorCode, error_message: trial.error } : {}),
  };
  return JSON.stringify(value, null, 2);
}
