import { type Forge, type ForgeEnvironment, type NothingToComment, PAGE_SIZE } from './forge.ts';
import { addressOf, requireVariable } from './variables.ts';

/** GitLab refuses longer notes (`body`: "limited to 1,000,000 characters"). */
export const GITLAB_CHARACTERS = 1_000_000;

/**
 * The merge request of a GitLab pipeline. Endpoints of notes: https://docs.gitlab.com/api/notes/#merge-requests
 * @throws UsageError if a variable of the runner is missing
 */
export function openGitlab(env: ForgeEnvironment, tokenName: string): Forge | NothingToComment {
  const { CI_MERGE_REQUEST_IID: number = '', CI_JOB_URL: job = '' } = env;
  if (number === '') return { nothing: 'this pipeline is not of a merge request' };
  if ((env[tokenName] ?? '') === '' && isOfFork(env)) {
    return { nothing: `a fork's pipeline has no ${tokenName}, so it cannot comment` };
  }
  const token = requireVariable(env, tokenName);
  const project = encodeURIComponent(requireVariable(env, 'CI_PROJECT_ID'));
  const notes = `/projects/${project}/merge_requests/${encodeURIComponent(number)}/notes`;
  return {
    name: 'GitLab',
    api: addressOf(env, 'CI_API_V4_URL'),
    token,
    headers: { 'private-token': token },
    mostCharacters: GITLAB_CHARACTERS,
    list: (page) => ({
      method: 'GET',
      path: `${notes}?sort=asc&order_by=created_at&per_page=${PAGE_SIZE}&page=${page}`,
    }),
    create: { method: 'POST', path: notes },
    update: (id) => ({ method: 'PUT', path: `${notes}/${id}` }),
    artefacts: job === '' ? null : `${job}/artifacts/browse`,
  };
}

function isOfFork({
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: source = '',
  CI_MERGE_REQUEST_PROJECT_ID: target = '',
}: ForgeEnvironment): boolean {
  return source !== '' && source !== target;
}
