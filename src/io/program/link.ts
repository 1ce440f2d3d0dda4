/** What a program made of a request. */
export type Reply =
  | { readonly kind: 'value'; readonly value: unknown }
  /** A module threw; `value` is what is known about the error. */
  | { readonly kind: 'thrown'; readonly value: unknown }
  /** More than MAX_REPLY_UNITS. */
  | { readonly kind: 'too_large' };

/** Maximum length of a reply as JSON text, in UTF-16 code units. */
export const MAX_REPLY_UNITS = 16 * 1024 * 1024;

/** What a running program reports. */
export interface LinkEvents {
  /** It takes requests, or takes them again. */
  readonly onReady: () => void;
  readonly onReply: (id: number, reply: Reply) => void;
  /** It wrote a line for people. */
  readonly onLine: (line: string) => void;
  /** It is gone, and replies no more. @param reason in words: `it ended with exit code 3` */
  readonly onEnd: (reason: string) => void;
}

/** A running program. */
export interface ProgramLink {
  /** True while it may be blocked, and should get no further requests until it is ready again. */
  readonly isDoubted: boolean;
  /** @param requests JSON texts without line feeds, each with its `id` */
  send(requests: readonly string[]): void;
  /** The reply to a request is not wanted any more. @param sentMs when it was sent, monotonic */
  cancel(id: number, sentMs: number): void;
  /** Ends it; settles once it is gone. */
  end(): Promise<void>;
}

/** Starts a program. */
export type OpenLink = (events: LinkEvents) => ProgramLink;
