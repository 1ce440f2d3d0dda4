import { TrustError } from '../../core/errors.ts';
import type { Destination, EndpointConfig, ProgramConfig } from '../config/run-config.ts';
import { Consents } from './consents.ts';

/** Who can consent, and earlier consents, for what project files name. */
export interface TrustContext {
  /** True if the command line trusts the project's files. */
  readonly trustsProject: boolean;
  /** Folder of the user's stored consents; null stores none. */
  readonly stateFolder: string | null;
  readonly now: () => Date;
  readonly events: TrustEvents;
}

/** Messages and questions about addresses. */
export interface TrustEvents {
  /** Asks a person whether secrets may go to an address; absent if there is no one to ask. */
  readonly consent?: ((destination: Destination) => Promise<boolean>) | undefined;
  /** Asks a person whether a program that a project file names may run; absent if there is no one to ask. */
  readonly consentToRun?: ((program: ProgramConfig) => Promise<boolean>) | undefined;
  /** Secrets will go there, and it is not the address that a command line set for its provider. */
  readonly onDestination?: ((destination: Destination) => void) | undefined;
  readonly onWarning?: ((text: string) => void) | undefined;
}

/** An endpoint that may receive what its configuration holds. No other endpoint can be opened. */
export class AdmittedEndpoint {
  readonly config: EndpointConfig;

  private constructor(config: EndpointConfig) {
    this.config = config;
  }

  /**
   * Admits an endpoint, once a person has consented to each address that a project file sets for the user's secrets.
   * Call it for all endpoints before the first of them is opened. @throws TrustError without consent
   */
  static async admit(config: EndpointConfig, context: TrustContext): Promise<AdmittedEndpoint> {
    for (const destination of config.destinations) {
      if (destination.needsConsent && !context.trustsProject) await requireConsent(destination, context);
      if (isReported(destination)) context.events.onDestination?.(destination);
    }
    return new AdmittedEndpoint(config);
  }
}

/** The user typed the address on the command line, and users know a provider's own address; so both are trusted. */
function isReported({ origin, isOwn, variables, written }: Destination): boolean {
  return variables.length + written.length > 0 && !(origin === 'caller' && isOwn);
}

async function requireConsent(destination: Destination, context: TrustContext): Promise<void> {
  const { stateFolder, events, now } = context;
  const consents = stateFolder === null ? null : new Consents(stateFolder);
  if ((await consents?.allow(destination)) === true) return;
  if (events.consent === undefined) throw refusal(destination, 'there is no terminal to ask for consent');
  if (!(await events.consent(destination))) throw refusal(destination, 'you did not agree');
  await consents?.keep(destination, now()).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    events.onWarning?.(`the consent cannot be stored, so promptgrid will ask again: ${reason}`);
  });
}

function refusal({ shown, variables }: Destination, why: string): TrustError {
  const what = variables.join(', ');
  return new TrustError(`a file of this project sends ${what} to ${shown}, and ${why}: nothing was sent`, {
    hint: 'check the address; where you trust it, answer yes on a terminal, which is kept, or give --trust-config',
  });
}
