import { readFile } from 'node:fs/promises';
import { CommentError, UsageError } from '../../core/errors.ts';
import { isJsonArray, numberOf, objectOf, textOf, textOr } from '../../core/json.ts';
import type { Clock } from '../../io/clock.ts';
import { openRoute } from '../../providers/route.ts';
import { proxyOf } from '../config/proxies.ts';
import { commentBody, markerOf } from './body.ts';
import { type Forge, type ForgeEnvironment, type ListedComment, type NothingToComment, PAGE_SIZE } from './forge.ts';
import { GITHUB_CHARACTERS, openGithub } from './github.ts';
import { GITLAB_CHARACTERS, openGitlab } from './gitlab.ts';
import { type ForgeAnswer, type Sending, sendToForge } from './send.ts';

/** Characters that a comment may have on each forge. */
const MOST_CHARACTERS = { github: GITHUB_CHARACTERS, gitlab: GITLAB_CHARACTERS } as const;

/** Where comments can be posted. */
export const FORGES = ['github', 'gitlab'] as const;

/** What is posted, and where. */
interface CommentRequest {
  /** Path of a markdown file. */
  readonly file: string;
  /** null finds out by the variables of the runner. */
  readonly to: (typeof FORGES)[number] | null;
  /** Tells several comments of one merge request apart. */
  readonly name: string;
  /** Address of the artefacts; null for that of the job. */
  readonly link: string | null;
  /** Variable that holds the token; null for GITHUB_TOKEN or GITLAB_TOKEN. */
  readonly tokenEnv: string | null;
}

/** Where the command runs. */
interface CommentContext {
  readonly env: ForgeEnvironment;
  /** Variables that a `.env` file sets: it may come from a fork, and must not choose where the token goes. */
  readonly projectVariables: ReadonlySet<string>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What became of the comment. `refused`: the token may only read; `nothing`: there is nothing to comment on. */
export interface CommentOutcome {
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'refused' | 'nothing';
  /** Address of the comment; null if there is none, or it is unknown. */
  readonly url: string | null;
  /** Why there is no comment; null if there is one. */
  readonly why: string | null;
}

/**
 * Posts a file as the one comment on the merge request of this CI job, or updates it.
 * @throws UsageError if the file or the variables of the job cannot be used
 * @throws CommentError if the server refuses, except for a token that may only read
 */
export async function postComment(request: CommentRequest, context: CommentContext): Promise<CommentOutcome> {
  const { projectVariables, clock, signal } = context;
  const env = Object.fromEntries(Object.entries(context.env).filter(([name]) => !projectVariables.has(name)));
  checkName(request.name);
  const text = await readMarkdown(request.file);
  const forge = await openForge(request, env);
  if ('nothing' in forge) return { outcome: 'nothing', url: null, why: forge.nothing };
  const proxy = proxyOf(forge.api, env);
  const authorization = proxy?.authorization?.reveal() ?? null;
  const route = openRoute(forge.api.origin, 1, proxy === null ? null : { ...proxy, authorization });
  try {
    return await post({ forge, route, clock, signal }, request, text);
  } finally {
    await route.dispatcher.close();
  }
}

/**
 * The text that `postComment` would post; it needs no job and no token. Without a job it is cut as on GitHub.
 * @throws UsageError if the file cannot be used
 */
export async function previewComment(
  { file, to, name, link }: Omit<CommentRequest, 'tokenEnv'>,
  env: ForgeEnvironment,
): Promise<string> {
  checkName(name);
  const text = await readMarkdown(file);
  const most = MOST_CHARACTERS[to ?? forgeOf(env) ?? 'github'];
  return commentBody({ marker: markerOf(name), text, link: linkOf(link) }, most);
}

async function openForge({ to, tokenEnv }: CommentRequest, env: ForgeEnvironment): Promise<Forge | NothingToComment> {
  switch (to ?? forgeOf(env)) {
    case 'github':
      return openGithub(env, tokenEnv ?? 'GITHUB_TOKEN');
    case 'gitlab':
      return openGitlab(env, tokenEnv ?? 'GITLAB_TOKEN');
    case null:
      throw new UsageError(
        'this is no job of GitHub Actions or GitLab CI: neither GITHUB_ACTIONS nor GITLAB_CI is true',
        { hint: 'run it in such a job, or print the comment with --dry-run' },
      );
  }
}

function forgeOf(env: ForgeEnvironment): CommentRequest['to'] {
  if (env['GITHUB_ACTIONS'] === 'true') return 'github';
  return env['GITLAB_CI'] === 'true' ? 'gitlab' : null;
}

function checkName(name: string): void {
  if (/^\w[\w.-]{0,60}$/.test(name) && !name.includes('--')) return;
  throw new UsageError(`--name must be letters, digits, dots and single hyphens, got ${JSON.stringify(name)}`, {
    hint: 'give a short name, such as --name support',
  });
}

async function readMarkdown(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`${file}: cannot be read`, { hint: 'write it with compare --report comment=FILE', cause });
  });
  if (text.trim() !== '') return text;
  throw new UsageError(`${file}: is empty`, { hint: 'write it with compare --report comment=FILE' });
}

async function post(sending: Sending, { name, link }: CommentRequest, text: string): Promise<CommentOutcome> {
  const { forge } = sending;
  const marker = markerOf(name);
  const body = commentBody({ marker, text, link: linkOf(link ?? forge.artefacts) }, forge.mostCharacters);
  const found = await findComment(sending, marker);
  if (found !== null && 'why' in found) return found;
  if (found?.body.trim() === body.trim()) return { outcome: 'unchanged', url: null, why: null };
  if (found !== null) {
    const updated = await sendToForge(sending, forge.update(found.id), body);
    // It was deleted meanwhile.
    if (updated.status !== 404) return outcomeOf(forge, updated, 'updated');
  }
  return outcomeOf(forge, await sendToForge(sending, forge.create, body), 'created');
}

function linkOf(link: string | null): string | null {
  if (link === null) return null;
  const url = URL.canParse(link) ? new URL(link) : null;
  if (url !== null && /^https?:$/.test(url.protocol)) return url.href.replaceAll('>', '%3E');
  throw new UsageError(`--link must be an address, got ${JSON.stringify(link)}`, {
    hint: 'give the address of the artefacts, such as https://example.org/run/1',
  });
}

/** A merge request with more comments than this many pages gets a further one. */
const MOST_PAGES = 100;

/** The comment that begins with the marker; null if there is none. */
async function findComment(sending: Sending, marker: string): Promise<ListedComment | CommentOutcome | null> {
  const { forge } = sending;
  for (let page = 1; page <= MOST_PAGES; page++) {
    const answer = await sendToForge(sending, forge.list(page), null);
    if (answer.status >= 300 || !isJsonArray(answer.body)) return refusal(forge, answer);
    for (const item of answer.body) {
      const { id, body, system } = objectOf(item);
      const own = numberOf(id);
      if (own !== null && system !== true && textOr(body, '').startsWith(marker)) {
        return { id: own, body: textOr(body, '') };
      }
    }
    if (answer.body.length < PAGE_SIZE) return null;
  }
  return null;
}

function outcomeOf(forge: Forge, answer: ForgeAnswer, outcome: 'created' | 'updated'): CommentOutcome {
  if (answer.status >= 300) return refusal(forge, answer);
  return { outcome, url: textOf(objectOf(answer.body)['html_url']), why: null };
}

/** A pull request from a fork has a token that may only read; that is no fault of its author. @throws CommentError */
function refusal({ name }: Forge, { status, message }: ForgeAnswer): CommentOutcome {
  const said = message === '' ? '' : `: ${message}`;
  if (status === 403) {
    return { outcome: 'refused', url: null, why: `the token may not comment, as for changes from forks (403${said})` };
  }
  throw new CommentError(`${name} refused the comment with HTTP ${status}${said}`, {
    hint:
      status === 401
        ? 'check the token and its variable'
        : status === 404
          ? 'check that the token may read and write the comments of this project'
          : 'repeat the job, or check the address of the API',
  });
}
