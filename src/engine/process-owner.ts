import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isJsonObject, type JsonValue } from '../core/json.ts';

/** A process, described so that another one can find out whether it still runs. */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Start of the process as the kernel reports it; null where it does not. */
  readonly started: string | null;
  /** Id of the start of the system; null where the system has none, as only Linux does; see random(4). */
  readonly boot: string | null;
  /** PID namespace, inside which process ids are unique; null where the system has none; see pid_namespaces(7). */
  readonly pidNamespace: string | null;
}

/** `unseen`: on another machine or in another PID namespace, so that nothing here says whether it runs. */
export type OwnerState = 'alive' | 'dead' | 'unseen';

/** Tells one start of the system from the next; null where the system does not report it. */
export const BOOT_ID = readFileOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? null;

const PID_NAMESPACE = readLinkOrNull('/proc/self/ns/pid');

/** A PID namespace may come with the /proc of the one around it, where other processes have these ids. */
const HAS_OWN_PROC = readLinkOrNull('/proc/self') === String(process.pid);

/** @param pid of a process in this PID namespace */
export function ownerOf(pid: number): Owner {
  return {
    pid,
    host: hostname(),
    started: processFacts(pid).started,
    boot: BOOT_ID,
    pidNamespace: PID_NAMESPACE,
  };
}

/** @returns null for what is not an owner; one without boot id and namespace was written by an earlier version */
export function parseOwner(value: JsonValue | undefined): Owner | null {
  if (!isJsonObject(value)) return null;
  const { pid, host, started, boot, pidNamespace } = value;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0 || typeof host !== 'string') return null;
  return {
    pid,
    host,
    started: textOrNull(started),
    boot: textOrNull(boot),
    pidNamespace: textOrNull(pidNamespace),
  };
}

/** Whether the process still runs, as far as it can be seen from here. */
export function stateOf(owner: Owner): OwnerState {
  if (!isVisible(owner)) return 'unseen';
  const { pid, started } = owner;
  if (!exists(pid)) return 'dead';
  const now = processFacts(pid);
  if (now.state === ZOMBIE) return 'dead';
  return started === null || now.started === null || now.started === started ? 'alive' : 'dead';
}

/** Host names are neither unique nor fixed: they count only where there is nothing better. */
function isVisible({ host, boot, pidNamespace }: Owner): boolean {
  if (boot === null) return host === hostname();
  return boot === BOOT_ID && pidNamespace === PID_NAMESPACE;
}

function textOrNull(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** State of a process that has ended, and whose parent (in a container often none that cares) did not ask how. */
const ZOMBIE = 'Z';

interface ProcessFacts {
  readonly state: string | null;
  readonly started: string | null;
}

/** Linux reports when a process began, so that a reused id is not taken for its earlier owner; see proc(5). */
function processFacts(pid: number): ProcessFacts {
  const text = HAS_OWN_PROC ? readFileOrNull(`/proc/${pid}/stat`) : null;
  if (text === null) return { state: null, started: null };
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? null, started: fields[19] ?? null };
}

function readFileOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function readLinkOrNull(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
