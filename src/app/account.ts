import { CallError } from '../core/call-error.ts';
import { InterruptedError, ProviderError } from '../core/errors.ts';
import type { Balance, ModelInfo, Provider } from '../core/provider.ts';
import type { RunControl } from '../engine/control.ts';
import { defaultProvider, resolveEndpoint } from './config/endpoints.ts';
import { type GivenFlags, settingsOf } from './config/from-flags.ts';
import { mergeSettings } from './config/resolve.ts';
import type { VariableContext } from './config/variables.ts';
import { openEndpoint } from './endpoints/open-endpoint.ts';
import { AdmittedEndpoint, type TrustEvents } from './trust/admitted-endpoint.ts';

const TIMEOUT_MS = 30_000;

/** Which account a query is for. */
interface AccountContext extends VariableContext {
  /** The working folder. */
  readonly folder: string;
  readonly now: () => Date;
  readonly control: RunControl;
  /** Folder of the state that this user's commands share on this machine; null shares nothing. */
  readonly stateFolder: string | null;
  readonly events: TrustEvents;
}

/** The models that the provider offers. @throws ProviderError if the provider does not list them */
export function listModels(flags: GivenFlags, context: AccountContext): Promise<readonly ModelInfo[]> {
  return askProvider(flags, context, (provider, signal) => provider.models(signal));
}

/** The remaining balance of the account. @throws ProviderError if the provider does not report it */
export function readBalance(flags: GivenFlags, context: AccountContext): Promise<Balance> {
  return askProvider(flags, context, (provider, signal) => provider.balance(signal));
}

async function askProvider<T>(
  flags: GivenFlags,
  context: AccountContext,
  ask: (provider: Provider, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { env, projectVariables, folder, now, control, stateFolder, events } = context;
  const given = { settings: settingsOf(flags), configFile: flags.config ?? null };
  const settings = await mergeSettings(given, { env, projectVariables, folder, now: now() });
  const resolved = resolveEndpoint(defaultProvider(settings), settings, { env, projectVariables });
  const trust = { trustsProject: settings.trustConfig === true, stateFolder, now, events };
  const endpoint = await AdmittedEndpoint.admit(resolved, trust);
  const useWalletBalance = settings.useWalletBalance === true;
  const elapsedMs = (): number => now().getTime();
  const provider = openEndpoint(endpoint, {
    connections: 1,
    useWalletBalance,
    isStreaming: false,
    isSimulated: false,
    knowsModels: true,
    now,
    elapsedMs,
  });
  try {
    return await ask(provider, AbortSignal.any([control.draining, AbortSignal.timeout(TIMEOUT_MS)]));
  } catch (error) {
    throw control.draining.aborted ? new InterruptedError() : explain(error, provider);
  } finally {
    await provider.close();
  }
}

function explain(error: unknown, { endpoint, name }: Provider): unknown {
  const isTimeout = error instanceof Error && error.name === 'TimeoutError';
  if (!(error instanceof CallError) && !isTimeout) return error;
  const reason = isTimeout ? `no answer within ${TIMEOUT_MS / 1000} s` : error.message;
  return new ProviderError(`${endpoint}: ${reason}`, {
    hint: `check the key and the address; not every provider has this (requested from ${name})`,
    cause: error,
  });
}
