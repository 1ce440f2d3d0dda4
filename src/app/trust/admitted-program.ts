import { TrustError } from '../../core/errors.ts';
import type { ProgramConfig } from '../config/run-config.ts';
import type { TrustContext } from './admitted-endpoint.ts';
import { Consents } from './consents.ts';

/** A program of the user that may run. No other program is started. */
export class AdmittedProgram {
  readonly config: ProgramConfig;

  private constructor(config: ProgramConfig) {
    this.config = config;
  }

  /**
   * Admits a program, once a person has consented to one that only a project file names. Call it for all programs and
   * endpoints before the first of them is opened. @throws TrustError without consent
   */
  static async admit(config: ProgramConfig, context: TrustContext): Promise<AdmittedProgram> {
    if (config.origin === 'project' && !context.trustsProject) await requireConsent(config, context);
    return new AdmittedProgram(config);
  }
}

async function requireConsent(program: ProgramConfig, context: TrustContext): Promise<void> {
  const { stateFolder, events, now } = context;
  const consents = stateFolder === null ? null : new Consents(stateFolder);
  if ((await consents?.allowProgram(program)) === true) return;
  if (events.consentToRun === undefined) throw refusal(program, 'there is no terminal to ask for consent');
  if (!(await events.consentToRun(program))) throw refusal(program, 'you did not agree');
  await consents?.keepProgram(program, now()).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    events.onWarning?.(`the consent cannot be stored, so promptgrid will ask again: ${reason}`);
  });
}

function refusal({ provider }: ProgramConfig, why: string): TrustError {
  return new TrustError(`a file of this project names code to run, ${provider}, and ${why}: nothing was run`, {
    hint: 'read the code; where you trust it, answer yes on a terminal, which is kept, or give --trust-config',
  });
}
