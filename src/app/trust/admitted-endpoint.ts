import { TrustError } from '../../core/errors.ts';
import type { Destination, EndpointConfig } from '../config/run-config.ts';
import { Consents } from './consents.ts';

/** Who is asked, and what is known already, where secrets go to an address that a project names. */
interface TrustContext {
  /** True if the command line vouches for the project's files. */
  readonly trustsProject: boolean;
  /** Folder where the user's consents are kept; null keeps none. */
  readonly stateFolder: string | null;
  readonly now: () => Date;
  readonly events: TrustEvents;
}

/** What is told and asked of addresses. */
export interface TrustEvents {
  /** Asks a person whether secrets may go to an address; absent where nobody can answer. */
  readonly consent?: ((destination: Destination) => Promise<boolean>) | undefined;
  /** Secrets will go there, and it is not the address that a command line named for its provider's own. */
  readonly onDestination?: ((destination: Destination) => void) | undefined;
  readonly onWarning?: ((text: string) => void) | undefined;
}

/** An endpoint that may be sent what its configuration holds. Nothing else can be opened. */
export class AdmittedEndpoint {
  readonly config: EndpointConfig;

  private constructor(config: EndpointConfig) {
    this.config = config;
  }

  /**
   * Lets an endpoint in, once a person has agreed to each address that a file of the project names for secrets of the
   * user. To be called for all endpoints before the first of them is opened.
   * @throws TrustError if nobody agrees
   */
  static async admit(config: EndpointConfig, context: TrustContext): Promise<AdmittedEndpoint> {
    for (const destination of config.destinations) {
      if (destination.needsConsent && !context.trustsProject) await requireConsent(destination, context);
      if (isTold(destination)) context.events.onDestination?.(destination);
    }
    return new AdmittedEndpoint(config);
  }
}

/** The address of a command line is known to whoever wrote it, and a provider's own to its users; together they are. */
function isTold({ origin, isOwn, variables, written }: Destination): boolean {
  return variables.length + written.length > 0 && !(origin === 'caller' && isOwn);
}

async function requireConsent(destination: Destination, context: TrustContext): Promise<void> {
  const { stateFolder, events, now } = context;
  const consents = stateFolder === null ? null : new Consents(stateFolder);
  if ((await consents?.allow(destination)) === true) return;
  if (events.consent === undefined) throw refusal(destination, 'nobody can be asked here');
  if (!(await events.consent(destination))) throw refusal(destination, 'you did not agree');
  await consents?.keep(destination, now()).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    events.onWarning?.(`the consent cannot be kept, so you will be asked again: ${reason}`);
  });
}

function refusal({ shown, variables }: Destination, why: string): TrustError {
  const what = variables.join(', ');
  return new TrustError(`a file of this project sends ${what} to ${shown}, and ${why}: nothing was sent`, {
    hint: 'check the address; where you trust it, answer yes on a terminal, which is kept, or give --trust-config',
  });
}
