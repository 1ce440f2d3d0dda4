import { describe, expect, it } from 'vitest';
import { CALL_ERROR_KINDS, CallError, isFatal, isRetryable } from '../../src/core/call-error.ts';
import * as errors from '../../src/core/errors.ts';

const {
  CommentError,
  ConfigError,
  DatasetError,
  DeclinedError,
  formatPlace,
  FolderLostError,
  InterruptedError,
  PilotError,
  PromptError,
  PromptgridError,
  ProviderError,
  QueueError,
  ResultsError,
  RunEndedError,
  RunFolderError,
  StorageError,
  TrustError,
  UsageError,
} = errors;

const DETAILS = { hint: 'do this' };

describe('an error for the user', () => {
  const all = [
    [new UsageError('m', DETAILS), 'E_USAGE', 2],
    [new ConfigError('m', DETAILS), 'E_CONFIG', 2],
    [new DatasetError({ file: 'f' }, 'm', DETAILS), 'E_DATASET', 2],
    [new PromptError('m', DETAILS), 'E_PROMPT', 2],
    [new RunFolderError('m', DETAILS), 'E_RUN_FOLDER', 2],
    [new ResultsError({ file: 'f' }, 'm', DETAILS), 'E_RESULTS', 2],
    [new ProviderError('m', DETAILS), 'E_PROVIDER', 2],
    [new QueueError('m', DETAILS), 'E_QUEUE', 2],
    [new TrustError('m', DETAILS), 'E_TRUST', 2],
    [new CommentError('m', DETAILS), 'E_COMMENT', 2],
    [new StorageError('m', DETAILS), 'E_STORAGE', 4],
    [new FolderLostError('m', DETAILS), 'E_FOLDER_LOST', 4],
    [new InterruptedError(), 'E_INTERRUPTED', 130],
    [new DeclinedError(), 'E_DECLINED', 130],
    [new PilotError('m', DETAILS), 'E_PILOT', 3],
    [new RunEndedError('E_DATASET_GONE', 'm', DETAILS), 'E_DATASET_GONE', 4],
  ] as const;

  it.each(all.map(([error, code, status]) => [error.name, error, code, status] as const))(
    '%s has its code and exit status',
    (_name, error, code, status) => {
      expect(error).toBeInstanceOf(PromptgridError);
      expect([error.code, error.exitStatus]).toEqual([code, status]);
      expect(error.hint).not.toBe('');
    },
  );

  it('of any kind is in this table', () => {
    const classes = Object.entries(errors).filter(
      ([, value]) => typeof value === 'function' && value.prototype instanceof PromptgridError,
    );
    expect(classes.map(([name]) => name).sort()).toEqual(all.map(([error]) => error.name).sort());
    expect(new Set(all.map(([, code]) => code)).size).toBe(all.length);
  });

  it('says what to do', () => {
    expect(new UsageError('m', DETAILS).hint).toBe('do this');
  });

  it('keeps its cause, if there is one', () => {
    const cause = new Error('below');
    expect(new UsageError('m', { ...DETAILS, cause }).cause).toBe(cause);
    expect('cause' in new UsageError('m', DETAILS)).toBe(false);
  });

  it.each([
    [{ file: 'rows.csv' }, 'rows.csv'],
    [{ file: 'rows.csv', line: 7 }, 'rows.csv:7'],
    [{ file: 'rows.csv', line: 7, column: 3 }, 'rows.csv:7:3'],
  ])('about a dataset begins with its position: %j', (place, text) => {
    expect(formatPlace(place)).toBe(text);
    expect(new DatasetError(place, 'no id', DETAILS)).toMatchObject({ message: `${text}: no id`, place });
  });
});

describe('a failed call', () => {
  it('carries the response of the server', () => {
    const cause = new Error('below');
    const error = new CallError('rate_limited', 'slow down', { httpStatus: 429, retryAfterMs: 2000, cause });
    expect(error).toMatchObject({
      name: 'CallError',
      kind: 'rate_limited',
      httpStatus: 429,
      retryAfterMs: 2000,
      cause,
    });
    expect(new CallError('network', 'm')).toMatchObject({ httpStatus: undefined, retryAfterMs: undefined });
  });

  it('keeps everything but its cause if only a part of it changes', () => {
    const details = {
      httpStatus: 503,
      retryAfterMs: 9,
      isApiError: true,
      isAboutRow: true,
      mayRetry: false,
      hint: 'h',
    };
    const error = new CallError('overloaded', 'key-1 is slow', { ...details, cause: new Error('key-1') });
    const paid = { amount: 5n, currency: 'RUB' };
    const reworded = error.with({ message: '[key] is slow' });
    expect(reworded).toMatchObject({ kind: 'overloaded', message: '[key] is slow', ...details });
    expect('cause' in reworded).toBe(false);
    expect(error.with({ paid })).toMatchObject({ message: 'key-1 is slow', paid, ...details });
  });

  it('is retried only if the same call may succeed later', () => {
    expect(CALL_ERROR_KINDS.filter(isRetryable)).toEqual([
      'rate_limited',
      'overloaded',
      'server_error',
      'network',
      'timeout',
      'invalid_response',
    ]);
  });

  it('stops the run if no other call can succeed either, and is then never retried', () => {
    const fatal = CALL_ERROR_KINDS.filter(isFatal);
    expect(fatal).toEqual(['unauthorized', 'insufficient_balance', 'endpoint_not_found']);
    expect(fatal.some(isRetryable)).toBe(false);
  });
});
