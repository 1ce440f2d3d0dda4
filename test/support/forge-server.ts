import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { isJsonObject } from '../../src/core/json.ts';
import { type Ending, type LocalServer, localServer, type Reply, send } from './http-server.ts';

/** A comment on a change, as both servers list it. */
export interface KeptComment {
  readonly id: number;
  body: string;
  /** Written by GitLab itself. */
  readonly system: boolean;
}

/** What a token may do; `limited` is a reply that a rate limit gives, before anything else. */
export interface ForgeRules {
  /** The token that may comment. */
  readonly token: string;
  /** A token that may only read. */
  readonly readOnlyToken?: string;
  /** Replies given first, in their order, whatever is requested. */
  readonly first?: readonly Reply[];
}

/** A double of the comments of one change. */
export interface ForgeServer extends LocalServer {
  readonly comments: KeptComment[];
  /** `GET /path?query` of each request. */
  readonly requests: readonly string[];
  /** Address of the API. */
  readonly api: string;
}

/** What tells GitHub and GitLab apart. */
interface Dialect {
  readonly api: string;
  readonly comments: string;
  readonly single: RegExp;
  readonly update: 'PATCH' | 'PUT';
  readonly most: number;
  readonly tokenOf: (request: IncomingMessage) => string;
  readonly refusal: Reply;
  readonly tooLong: Reply;
}

/** https://docs.github.com/en/rest/issues/comments, of the pull request 7 of acme/shop. */
const GITHUB: Dialect = {
  api: '',
  comments: '/repos/acme/shop/issues/7/comments',
  single: /^\/repos\/acme\/shop\/issues\/comments\/(\d+)$/,
  update: 'PATCH',
  most: 65_536,
  tokenOf: ({ headers }) => /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '',
  refusal: { status: 403, body: { message: 'Resource not accessible by integration', status: '403' } },
  tooLong: { status: 422, body: { message: 'Validation Failed: Body is too long (maximum is 65536 characters)' } },
};

/** https://docs.gitlab.com/api/notes/#merge-requests, of the merge request 7 of project 42. */
const GITLAB: Dialect = {
  api: '/api/v4',
  comments: '/api/v4/projects/42/merge_requests/7/notes',
  single: /^\/api\/v4\/projects\/42\/merge_requests\/7\/notes\/(\d+)$/,
  update: 'PUT',
  most: 1_000_000,
  tokenOf: ({ headers }) => String(headers['private-token'] ?? ''),
  refusal: { status: 403, body: { message: '403 Forbidden' } },
  tooLong: {
    status: 400,
    body: { message: '400 Bad request - Note {:note=>["is too long (maximum is 1000000 characters)"]}' },
  },
};

/** A double of GitHub's API that ends with the test. */
export function githubServer(context: Ending, rules: ForgeRules): Promise<ForgeServer> {
  return forgeServer(context, GITHUB, rules);
}

/** A double of GitLab's API that ends with the test. */
export function gitlabServer(context: Ending, rules: ForgeRules): Promise<ForgeServer> {
  return forgeServer(context, GITLAB, rules);
}

async function forgeServer(context: Ending, dialect: Dialect, rules: ForgeRules): Promise<ForgeServer> {
  const comments: KeptComment[] = [];
  const requests: string[] = [];
  const first = [...(rules.first ?? [])];
  const server = await localServer(context, async (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const early = first.shift();
    if (early !== undefined) return send(response, early);
    send(response, await answer(request, { dialect, rules, comments, response }));
  });
  return { ...server, comments, requests, api: `${server.origin}${dialect.api}` };
}

interface Desk {
  readonly dialect: Dialect;
  readonly rules: ForgeRules;
  readonly comments: KeptComment[];
  readonly response: ServerResponse;
}

async function answer(request: IncomingMessage, { dialect, rules, comments, response }: Desk): Promise<Reply> {
  const url = new URL(request.url ?? '', 'http://localhost');
  const token = dialect.tokenOf(request);
  if (request.headers['user-agent'] === undefined) return { status: 403, body: { message: 'User-Agent is missing' } };
  if (token !== rules.token && token !== rules.readOnlyToken)
    return { status: 401, body: { message: 'Bad credentials' } };
  const own = dialect.single.exec(url.pathname)?.[1];
  const found = comments.find(({ id }) => String(id) === own);
  if (url.pathname !== dialect.comments && found === undefined) return { status: 404, body: { message: 'Not Found' } };
  if (request.method === 'GET') return listed(url, comments, response);
  if (token === rules.readOnlyToken) return dialect.refusal;
  const sent = await json(request);
  const body = isJsonObject(sent) && typeof sent['body'] === 'string' ? sent['body'] : '';
  if (body.length > dialect.most) return dialect.tooLong;
  if (found !== undefined && request.method === dialect.update) {
    found.body = body;
    return { body: shown(found) };
  }
  if (found !== undefined || request.method !== 'POST') return { status: 405, body: { message: 'not allowed' } };
  const created = { id: comments.length + 1, body, system: false };
  comments.push(created);
  return { status: 201, body: shown(created) };
}

function listed(url: URL, comments: readonly KeptComment[], response: ServerResponse): Reply {
  const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 30));
  const page = Number(url.searchParams.get('page') ?? 1);
  const rows = comments.slice((page - 1) * size, page * size);
  if (comments.length > page * size) {
    url.searchParams.set('page', String(page + 1));
    response.setHeader('link', `<http://localhost${url.pathname}${url.search}>; rel="next"`);
    response.setHeader('x-next-page', String(page + 1));
  }
  return { body: rows.map(shown) };
}

function shown({ id, body, system }: KeptComment): object {
  return { id, body, system, html_url: `https://forge.example/comments/${id}` };
}
