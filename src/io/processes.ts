import { readFileSync, readlinkSync } from 'node:fs';

/** Distinguishes boots of the system; null if the system does not report it; see random(4). */
export const BOOT_ID = readFileOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? null;

/** Process ids are unique inside it; null if the system has none; see pid_namespaces(7). */
export const PID_NAMESPACE = readLinkOrNull('/proc/self/ns/pid');

/** A PID namespace may see the /proc of its parent, where other processes have these ids. */
const HAS_OWN_PROC = readLinkOrNull('/proc/self') === String(process.pid);

/** State of a process that has ended and was not reaped by its parent (common in containers). */
const ZOMBIE = 'Z';

/**
 * When a process began, in clock ticks since boot, so that a reused id is not mistaken for its earlier owner; null if
 * the system does not report it, or there is no such process. See proc(5).
 */
export function startOf(pid: number): string | null {
  return factsOf(pid).started;
}

/**
 * Whether a process of this PID namespace still runs.
 * @param started as returned by `startOf`; null if unknown
 */
export function isRunning(pid: number, started: string | null): boolean {
  if (!exists(pid)) return false;
  const now = factsOf(pid);
  if (now.state === ZOMBIE) return false;
  return started === null || now.started === null || now.started === started;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

interface ProcessFacts {
  readonly state: string | null;
  readonly started: string | null;
}

function factsOf(pid: number): ProcessFacts {
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
