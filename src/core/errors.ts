/**
 * Exit status of the process. 0 done · 1 a gate failed · 2 usage, configuration or dataset error · 3 some trials
 * errored · 4 stopped by budget, balance or key · 130 interrupted.
 */
export type ExitStatus = 0 | 1 | 2 | 3 | 4 | 130;

/** A further line about an error; lines of a diff have their kinds. */
export interface ErrorLine {
  readonly kind: 'plain' | 'same' | 'removed' | 'added' | 'gap';
  readonly text: string;
}

interface ErrorDetails {
  /** What the user can do about it, one line. */
  readonly hint: string;
  /** Printed between message and hint. */
  readonly lines?: readonly ErrorLine[] | undefined;
  readonly cause?: unknown;
}

/**
 * An error with a known meaning: printed as two lines (message, hint) with its own lines between them, never as a stack
 * trace.
 */
export abstract class PromptgridError extends Error {
  /** Stable identifier, `E_…`. */
  abstract readonly code: string;
  /** Exit status of a command that ends with this error. */
  readonly exitStatus: ExitStatus = 2;
  /** What to do, one line. */
  readonly hint: string;
  /** Further details, such as a diff; most errors have none. */
  readonly lines: readonly ErrorLine[];

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.hint = details.hint;
    this.lines = details.lines ?? [];
  }
}

/** The queue cannot be used: its server, or what is in it. */
export class QueueError extends PromptgridError {
  readonly code = 'E_QUEUE';
}

/** A flag, a configuration key or a combination of them cannot be used. */
export class UsageError extends PromptgridError {
  readonly code = 'E_USAGE';
}

/** The configuration file cannot be read or has invalid content. */
export class ConfigError extends PromptgridError {
  readonly code = 'E_CONFIG';
}

/** The position of a fault in a dataset; `line` and `column` count from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** `file`, `file:line` or `file:line:column`. */
export function formatPlace(place: SourcePlace): string {
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
}

/** A dataset cannot be read or a row of it cannot be used; the message begins with file:line:column. */
export class DatasetError extends PromptgridError {
  readonly code = 'E_DATASET';
  readonly place: SourcePlace;

  constructor(place: SourcePlace, message: string, details: ErrorDetails) {
    super(`${formatPlace(place)}: ${message}`, details);
    this.place = place;
  }
}

/** A prompt template cannot be parsed or uses a name that a row does not have. */
export class PromptError extends PromptgridError {
  readonly code = 'E_PROMPT';
}

/** A run folder cannot be used: another run's, in use, not writable, damaged. */
export class RunFolderError extends PromptgridError {
  readonly code = 'E_RUN_FOLDER';
}

/** A result file or a baseline cannot be read; the message begins with file and line. */
export class ResultsError extends PromptgridError {
  readonly code = 'E_RESULTS';

  constructor(place: SourcePlace, message: string, details: ErrorDetails) {
    super(`${formatPlace(place)}: ${message}`, details);
  }
}

/** Results could not be stored (disk full, folder gone): the run ends, and the journal keeps its content. */
export class StorageError extends PromptgridError {
  readonly code = 'E_STORAGE';
  override readonly exitStatus: ExitStatus = 4;
}

/** Another process writes to the run folder: the run ends before its next call and stores nothing more. */
export class FolderLostError extends PromptgridError {
  readonly code = 'E_FOLDER_LOST';
  override readonly exitStatus: ExitStatus = 4;
}

/** The user ended the command before it had done anything that can be resumed. */
export class InterruptedError extends PromptgridError {
  readonly code = 'E_INTERRUPTED';
  override readonly exitStatus: ExitStatus = 130;

  constructor(hint = 'this command has paid nothing; give it again to begin again') {
    super('interrupted', { hint });
  }
}

/** The user was asked whether a run may begin, and did not say yes. */
export class DeclinedError extends PromptgridError {
  readonly code = 'E_DECLINED';
  override readonly exitStatus: ExitStatus = 130;

  constructor() {
    super('the run was not begun: no call was made, nothing was paid', {
      hint: 'run the same command and answer y, or add --yes to begin without a question',
    });
  }
}

/** Calls were made but none was answered, so there is no data for the result. */
export class PilotError extends PromptgridError {
  readonly code = 'E_PILOT';
  override readonly exitStatus: ExitStatus = 3;
}

/** Any cause that ended a run after calls had been made: the journal keeps its content, so the run can be resumed. */
export class RunEndedError extends PromptgridError {
  readonly code: string;
  override readonly exitStatus: ExitStatus = 4;

  constructor(code: string, message: string, details: ErrorDetails) {
    super(message, details);
    this.code = code;
  }
}

/** A project file sends a secret to an address that the user did not approve. */
export class TrustError extends PromptgridError {
  readonly code = 'E_TRUST';
}

/** A comment on a change could not be posted. */
export class CommentError extends PromptgridError {
  readonly code = 'E_COMMENT';
}

/** A command about a provider's account (models, balance) failed. */
export class ProviderError extends PromptgridError {
  readonly code = 'E_PROVIDER';
}
