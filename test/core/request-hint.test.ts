import { describe, expect, it } from 'vitest';
import { requestHint } from '../../src/core/request-hint.ts';

const SENT = { temperature: 0.7, params: { max_tokens: 50, top_p: 0.9, seed: 7, stop: ['x'], user: 'u' } };

describe('a hint after a refused request', () => {
  it.each([
    [
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'give --param max_completion_tokens=50 instead of --max-tokens',
    ],
    ["Unsupported value: 'temperature' does not support 0.7 with this model.", 'leave --temperature out'],
    [
      "'temperature' does not support 0.7 with this model. Only the default (1) value is supported.",
      'leave --temperature out, or give --temperature 1',
    ],
    ['temperature may only be set to 1 for this model', 'leave --temperature out, or give --temperature 1'],
    ['`temperature` is deprecated for this model.', 'leave --temperature out'],
    ['Unsupported value (unsupported_value, param top_p)', 'leave --top-p out'],
    ['HTTP 422: seed: Extra inputs are not permitted', 'leave --param seed out'],
    ['Unknown parameter: seed', 'leave --param seed out'],
    ["Unrecognized request argument supplied: 'stop'", 'leave --param stop out'],
    ['max_tokens must be at least 16', 'change --max-tokens'],
    ['This model only support stream mode, please enable the stream parameter to access the model.', 'give --stream'],
    ['Streaming is required for operations that may take longer than 10 minutes.', 'give --stream'],
    ['stream must be set to true', 'give --stream'],
    ['Streaming is not supported for this model', 'leave --stream out'],
    ['This model does not support streaming', 'leave --stream out'],
    ["'stream' must be false", 'leave --stream out'],
    ['The upstream is not supported in this country', null],
    ['The user is not supported in this country. Please stop.', null],
    ['frequency_penalty is not supported', null],
    ['Something else', null],
    ['unknown parameter: my_temperature', null],
  ])('names the flag that fixes "%s"', (reason, hint) => {
    expect(requestHint(reason, SENT)).toBe(hint);
  });

  it('knows the flags without the sent fields', () => {
    const reason = 'Unsupported parameter: max_tokens. Use max_completion_tokens.';
    expect(requestHint(reason, null)).toBe('give --param max_completion_tokens=<tokens> instead of --max-tokens');
    expect(requestHint('presence_penalty is not supported', null)).toBe('leave --presence-penalty out');
    expect(requestHint('seed is not supported', null)).toBeNull();
  });

  it('blames no field that was not sent', () => {
    expect(requestHint('temperature is not supported', { temperature: null, params: {} })).toBeNull();
  });
});
