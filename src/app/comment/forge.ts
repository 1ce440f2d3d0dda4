/** A comment as a server lists it. */
export interface ListedComment {
  readonly id: number;
  readonly body: string;
}

/** A request to the API, with a path behind its address. */
export interface ForgeRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  readonly path: string;
}

/** How comments of one merge request are read and written. */
export interface Forge {
  /** Its name in messages. */
  readonly name: 'GitHub' | 'GitLab';
  /** Address of its API. */
  readonly api: URL;
  /** With the token. */
  readonly headers: Readonly<Record<string, string>>;
  readonly token: string;
  /** Maximum characters of a comment. */
  readonly mostCharacters: number;
  /** @param page from 1 */
  readonly list: (page: number) => ForgeRequest;
  readonly create: ForgeRequest;
  readonly update: (id: number) => ForgeRequest;
  /** Where the artefacts of this job are; null if it does not say. */
  readonly artefacts: string | null;
}

/** Comments of a page of a list. */
export const PAGE_SIZE = 100;

/** Variables of the environment that no project file sets. */
export type ForgeEnvironment = Readonly<Record<string, string | undefined>>;

/** Why there is nothing to comment on, in words. */
export interface NothingToComment {
  readonly nothing: string;
}
