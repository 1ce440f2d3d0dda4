import { readFile } from 'node:fs/promises';
import { UsageError } from '../../core/errors.ts';
import { numberOf, objectOf, parseJson } from '../../core/json.ts';
import { type Forge, type ForgeEnvironment, type NothingToComment, PAGE_SIZE } from './forge.ts';
import { addressOf, requireVariable } from './variables.ts';

/** GitHub refuses longer comments ("maximum is 65536 characters"). */
export const GITHUB_CHARACTERS = 65_536;

/**
 * The pull request of a GitHub Actions job. Endpoints of issue comments: https://docs.github.com/rest/issues/comments
 * @throws UsageError if a variable of the runner is missing
 */
export async function openGithub(env: ForgeEnvironment, tokenName: string): Promise<Forge | NothingToComment> {
  const number = await pullRequestOf(requireVariable(env, 'GITHUB_EVENT_PATH'));
  if (number === null) return { nothing: 'the event of this job is not of a pull request' };
  const repository = requireVariable(env, 'GITHUB_REPOSITORY');
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new UsageError(`GITHUB_REPOSITORY must be owner/name, got ${JSON.stringify(repository)}`, {
      hint: 'run this in a GitHub Actions job, which sets it',
    });
  }
  const token = requireVariable(env, tokenName);
  const issues = `/repos/${repository}/issues`;
  const comments = `${issues}/${number}/comments`;
  return {
    name: 'GitHub',
    api: addressOf(env, 'GITHUB_API_URL'),
    token,
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    },
    mostCharacters: GITHUB_CHARACTERS,
    list: (page) => ({ method: 'GET', path: `${comments}?per_page=${PAGE_SIZE}&page=${page}` }),
    create: { method: 'POST', path: comments },
    update: (id) => ({ method: 'PATCH', path: `${issues}/comments/${id}` }),
    artefacts: artefactsOf(env, repository),
  };
}

/** @returns null if the event is of no pull request */
async function pullRequestOf(path: string): Promise<number | null> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`GITHUB_EVENT_PATH: ${path} cannot be read`, {
      hint: 'run this in a GitHub Actions job, which writes it',
      cause,
    });
  });
  const event = objectOf(parseJson(text));
  const issue = objectOf(event['issue']);
  const pull = numberOf(objectOf(event['pull_request'])['number']);
  return pull ?? (issue['pull_request'] === undefined ? null : numberOf(issue['number']));
}

function artefactsOf(env: ForgeEnvironment, repository: string): string | null {
  const { GITHUB_SERVER_URL: server = '', GITHUB_RUN_ID: run = '' } = env;
  return server === '' || run === '' ? null : `${server}/${repository}/actions/runs/${run}`;
}
