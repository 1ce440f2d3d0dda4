import { describe, expect, it } from 'vitest';
import { resumeCommand } from '../../src/commands/resume-command.ts';

const NOTE = 'a secret is not printed';

/** The command for these words, without the constant part. */
function shown(...words: readonly string[]): string {
  return resumeCommand({ words: ['run', 'rows.csv', ...words], platform: 'linux' }, 'r').replace(
    /^npx promptgrid run rows\.csv ?/,
    '',
  );
}

describe('the command that resumes a run', () => {
  it.each([
    [['--header', 'api-key: ${KEY}'], "--header 'api-key: ${KEY}' --out r"],
    [['--header', 'authorization: Bearer ${KEY}'], "--header 'authorization: Bearer ${KEY}' --out r"],
    [['--header', 'x-team: search'], "--header 'x-team: search' --out r"],
    [['--header=x-team: search'], "'--header=x-team: search' --out r"],
    [
      ['--base-url', 'http://a/v1?api-version=1&sig=${SIG}'],
      "--base-url 'http://a/v1?api-version=1&sig=${SIG}' --out r",
    ],
    [['--base-url', 'http://a/v1'], '--base-url http://a/v1 --out r'],
    [['--queue', 'redis://host:6379/1'], '--queue redis://host:6379/1 --out r'],
    [['--queue', 'redis://user:${PW}@host'], "--queue 'redis://user:${PW}@host' --out r"],
    [['--prompt', 'key: value', '--param', 'key=abc'], "--prompt 'key: value' --param key=abc --out r"],
  ])('has the words %j unchanged', (words, command) => {
    expect(shown(...words)).toBe(command);
  });

  it.each(['--overwrite', '--take-over'])('omits %s, which applies to one start', (flag) => {
    expect(shown(flag, '--limit', '3')).toBe('--limit 3 --out r');
  });

  it.each([
    [['--header', 'api-key: s3cret'], "--header 'api-key: ${API_KEY}' --out r # first set API_KEY: "],
    [['--header=X-Api-Key:s3cret'], "'--header=X-Api-Key: ${X_API_KEY}' --out r # first set X_API_KEY: "],
    [['--header', 'x-a: Bearer s3cret'], "--header 'x-a: ${X_A}' --out r # first set X_A: "],
    [['--header', 'cookie: a=s3cret; b=${B}'], "--header 'cookie: ${COOKIE}' --out r # first set COOKIE: "],
    [['--base-url', 'http://a/v1?v=1&sig=s3cret'], "--base-url 'http://a/v1?v=1&sig=${SIG}' --out r # first set SIG: "],
    [['--baseUrl=http://a/v1?sig=s3cret'], "'--baseUrl=http://a/v1?sig=${SIG}' --out r # first set SIG: "],
    [
      ['--queue', 'redis://:s3:c@ret@host:6379/1'],
      "--queue 'redis://:${QUEUE_PASSWORD}@host:6379/1' --out r # first set QUEUE_PASSWORD: ",
    ],
    [
      ['--queue=rediss://me:s3cret@host'],
      "'--queue=rediss://me:${QUEUE_PASSWORD}@host' --out r # first set QUEUE_PASSWORD: ",
    ],
    [
      ['--queue', 'redis://host?password=s3'],
      "--queue 'redis://host?password=${PASSWORD}' --out r # first set PASSWORD: ",
    ],
    [
      ['--header', 'api-key: s3cret', '--base-url', 'http://a?code=s3cret'],
      "--header 'api-key: ${API_KEY}' --base-url 'http://a?code=${CODE}' --out r # first set API_KEY and CODE: ",
    ],
  ])('has variables in place of secrets in %j', (words, command) => {
    expect(shown(...words)).toBe(command + NOTE);
  });
});
