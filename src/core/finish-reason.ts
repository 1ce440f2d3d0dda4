/**
 * The meaning of finish reasons returned by OpenAI-compatible endpoints. Covers the names used by OpenAI, Anthropic,
 * Gemini, Mistral, DeepSeek, GigaChat, Zhipu, Cohere, Bedrock, vLLM and SGLang, in lower case.
 */

/** The answer reached a token limit: `max_tokens` or the model's own. */
const CUT_OFF: ReadonlySet<string> = new Set([
  'length',
  'max_tokens',
  'max_output_tokens',
  'model_length',
  'model_context_window_exceeded',
]);

/** The model refused, or a filter withheld the answer. */
const WITHHELD: ReadonlySet<string> = new Set([
  'content_filter',
  'content_filtered',
  'refusal',
  'blacklist',
  'sensitive',
  'safety',
  'recitation',
  'blocklist',
  'prohibited_content',
  'spii',
  'image_safety',
  'image_prohibited_content',
  'image_recitation',
  'model_armor',
  'guardrail_intervened',
]);

/** The server failed while generating: partial text is not an answer. */
const FAILED: ReadonlySet<string> = new Set(['error', 'network_error', 'insufficient_system_resource', 'abort']);

/** True if the answer was cut off at a token limit. */
export function isCutOff(finishReason: string | null): boolean {
  return isIn(CUT_OFF, finishReason);
}

/** True if the model refused to answer or a filter withheld the answer. */
export function isWithheld(finishReason: string | null): boolean {
  return isIn(WITHHELD, finishReason);
}

/** True if the server failed while generating, so that a retry may succeed. */
export function isFailed(finishReason: string | null): boolean {
  return isIn(FAILED, finishReason);
}

function isIn(reasons: ReadonlySet<string>, finishReason: string | null): boolean {
  // Nearly every answer ends with "stop", and this runs several times per answer.
  return finishReason !== null && finishReason !== 'stop' && reasons.has(finishReason.toLowerCase());
}
