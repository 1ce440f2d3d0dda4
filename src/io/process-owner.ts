import { hostname } from 'node:os';
import { BOOT_ID, isRunning, PID_NAMESPACE, startOf } from './processes.ts';

/** Identifies a process so that another one can find out whether it still runs. */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Start time of the process as reported by the kernel; null if it is not reported. */
  readonly started: string | null;
  /** Boot id of the system; null if the system has none, as only Linux does; see random(4). */
  readonly boot: string | null;
  /** PID namespace, inside which process ids are unique; null if the system has none; see pid_namespaces(7). */
  readonly pidNamespace: string | null;
}

/** `unseen`: on another machine or in another PID namespace, so nothing here shows whether it runs. */
type OwnerState = 'alive' | 'dead' | 'unseen';

/** @param pid of a process in this PID namespace */
export function ownerOf(pid: number): Owner {
  return {
    pid,
    host: hostname(),
    started: startOf(pid),
    boot: BOOT_ID,
    pidNamespace: PID_NAMESPACE,
  };
}

/** @returns null if the value is not an owner; one without boot id and namespace was written by an earlier version */
export function parseOwner(value: unknown): Owner | null {
  if (typeof value !== 'object' || value === null) return null;
  const { pid, host, started, boot, pidNamespace }: Readonly<Record<string, unknown>> = { ...value };
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0 || typeof host !== 'string') return null;
  return {
    pid,
    host,
    started: textOrNull(started),
    boot: textOrNull(boot),
    pidNamespace: textOrNull(pidNamespace),
  };
}

/** Whether the process still runs, as far as this process can see. */
export function stateOf(owner: Owner): OwnerState {
  if (!isVisible(owner)) return 'unseen';
  return isRunning(owner.pid, owner.started) ? 'alive' : 'dead';
}

/** Host names are neither unique nor fixed: they are used only without anything better. */
function isVisible({ host, boot, pidNamespace }: Owner): boolean {
  if (boot === null) return host === hostname();
  return boot === BOOT_ID && pidNamespace === PID_NAMESPACE;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
