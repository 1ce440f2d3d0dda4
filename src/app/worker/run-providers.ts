import { CallError } from '../../core/call-error.ts';
import { PromptgridError, TrustError } from '../../core/errors.ts';
import type { Provider } from '../../core/provider.ts';
import type { Clock } from '../../io/clock.ts';
import { type RunSheet, readSheet } from '../../queue/protocol.ts';
import { requireNamed, resolveEndpoint } from '../config/endpoints.ts';
import type { EndpointConfig } from '../config/run-config.ts';
import { checkSettings } from '../config/schema.ts';
import type { VariableContext } from '../config/variables.ts';
import { openEndpoint } from '../endpoints/open-endpoint.ts';
import { AdmittedEndpoint } from '../trust/admitted-endpoint.ts';

/** What a worker's endpoints depend on. */
export interface ProviderSettings {
  /** Holds this worker's keys. */
  readonly variables: VariableContext;
  /** Folder of the user's stored consents; null for none. */
  readonly stateFolder: string | null;
  /** True if this worker's keys may go to any address that a run names. */
  readonly trustsQueue: boolean;
  /** Maximum connections to one endpoint. */
  readonly connections: number;
  /** How errors name this worker. */
  readonly place: string;
  readonly clock: Clock;
  /** One line about a run. */
  readonly onNotice: (text: string) => void;
}

/** A run's provider, open on this worker. */
export interface OpenedProvider {
  readonly provider: Provider;
  readonly timeoutMs: number;
  /** What was learned about models since the last time. */
  readonly takeNotices: () => readonly string[];
}

/** A run without calls for that long is closed here. */
const IDLE_MS = 60_000;
const SWEEP_MS = 10_000;

interface OpenRun {
  readonly sheet: RunSheet;
  readonly providers: Map<string, Promise<OpenedProvider | CallError>>;
  inFlight: number;
  lastMs: number;
}

/** The endpoints of the runs whose calls a worker makes, each with this worker's own keys. */
export class RunProviders {
  readonly #settings: ProviderSettings;
  /** By run and sheet: a run that was resumed may have other settings. */
  readonly #runs = new Map<string, OpenRun>();
  readonly #timer: NodeJS.Timeout;

  constructor(settings: ProviderSettings) {
    this.#settings = settings;
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /**
   * Uses a provider of a run.
   * @param sheetText of the run; null if it has none
   * @param use makes a call with it, or with the reason why none can be made
   */
  async use<T>(
    run: string,
    sheetText: string | null,
    name: string,
    use: (opened: OpenedProvider | CallError) => Promise<T>,
  ): Promise<T> {
    if (sheetText === null) return use(this.#unknown());
    const open = this.#open(run, sheetText);
    if (open === null) return use(this.#refusal('what workers must know of this run cannot be read', SHEET_HINT));
    open.inFlight += 1;
    try {
      let opening = open.providers.get(name);
      if (opening === undefined) {
        opening = this.#provider(run, open.sheet, name);
        open.providers.set(name, opening);
      }
      return await use(await opening);
    } finally {
      open.inFlight -= 1;
      open.lastMs = this.#settings.clock.elapsedMs();
    }
  }

  /** Closes all. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#runs.values()].map(closeRun));
    this.#runs.clear();
  }

  #open(run: string, sheetText: string): OpenRun | null {
    const key = `${run}\n${sheetText}`;
    const found = this.#runs.get(key);
    if (found !== undefined) return found;
    const sheet = readSheet(sheetText);
    if (sheet === null) return null;
    const open = { sheet, providers: new Map(), inFlight: 0, lastMs: 0 };
    this.#runs.set(key, open);
    this.#settings.onNotice(`run ${run}: its first call here`);
    return open;
  }

  async #provider(run: string, sheet: RunSheet, name: string): Promise<OpenedProvider | CallError> {
    try {
      return await this.#openProvider(sheet, name);
    } catch (error) {
      if (!(error instanceof PromptgridError)) throw error;
      this.#settings.onNotice(`run ${run}: ${error.message}; ${error.hint}`);
      return this.#refusal(error.message, `on that worker, ${error.hint}`);
    }
  }

  async #openProvider(sheet: RunSheet, name: string): Promise<OpenedProvider> {
    const { variables, clock, connections } = this.#settings;
    const settings = { ...checkSettings({ providers: sheet.providers }, { kind: 'library' }), origins: ORIGINS };
    const config = resolveEndpoint(requireNamed(name, settings), settings, variables);
    const admitted = await this.#admit(config);
    let notices: string[] = [];
    const provider = openEndpoint(admitted, {
      connections,
      useWalletBalance: false,
      isStreaming: sheet.isStreaming,
      isSimulated: false,
      knowsModels: sheet.knowsModels,
      onNotice: (text) => notices.push(text),
      now: () => clock.date(),
      elapsedMs: () => clock.elapsedMs(),
    });
    const takeNotices = (): readonly string[] => {
      const taken = notices;
      if (taken.length > 0) notices = [];
      return taken;
    };
    return { provider, timeoutMs: sheet.timeoutMs, takeNotices };
  }

  /** Whoever can write to Redis names the addresses, as whoever can write to a project's files does. */
  async #admit(config: EndpointConfig): Promise<AdmittedEndpoint> {
    const { trustsQueue, stateFolder, clock } = this.#settings;
    const trust = { trustsProject: trustsQueue, stateFolder, now: () => clock.date(), events: {} };
    try {
      return await AdmittedEndpoint.admit(config, trust);
    } catch (error) {
      const foreign = config.destinations.find(({ needsConsent }) => needsConsent);
      if (!(error instanceof TrustError) || foreign === undefined) throw error;
      const { variables, shown } = foreign;
      throw new TrustError(
        `the run sends ${variables.join(', ')} to ${shown}, which is not one of the provider's own addresses: nothing was sent`,
        { hint: 'check the address; where you trust those who use this queue, start the worker with --trust-queue' },
      );
    }
  }

  /** A planner that lives writes it again with its next call. */
  #unknown(): CallError {
    const why = `${this.#settings.place}: what workers must know of this run is not in Redis`;
    return new CallError('network', why, { hint: SHEET_HINT, isUnsent: true });
  }

  /** It stops the run, as no call can be made here before somebody does something. */
  #refusal(why: string, hint: string): CallError {
    return new CallError('unauthorized', `${this.#settings.place}: ${why}`, { hint, isUnsent: true });
  }

  #sweep(): void {
    const nowMs = this.#settings.clock.elapsedMs();
    for (const [key, run] of this.#runs) {
      if (run.inFlight > 0 || nowMs - run.lastMs < IDLE_MS) continue;
      this.#runs.delete(key);
      void closeRun(run);
    }
  }
}

const SHEET_HINT = 'resume the run with the same command';

/** The queue's settings count as those of a file that may come from somebody else. */
const ORIGINS = { providers: 'project' } as const;

async function closeRun({ providers }: OpenRun): Promise<void> {
  const opened = await Promise.all(providers.values());
  await Promise.all(opened.flatMap((one) => (one instanceof CallError ? [] : [one.provider.close()])));
}
