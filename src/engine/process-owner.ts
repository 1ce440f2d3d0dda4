import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, so that another one can tell whether it still runs. */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Start of the process as the kernel tells it; null where it does not. */
  readonly started: string | null;
}

/** @param pid of a process of this machine */
export function ownerOf(pid: number): Owner {
  return { pid, host: hostname(), started: processFacts(pid).started };
}

/** A process of another machine cannot be looked at: it counts as dead, since a copied folder brings its lock along. */
export function isAlive(owner: Owner | null | undefined): owner is Owner {
  if (owner === null || owner === undefined) return false;
  const { pid, host, started } = owner;
  if (host !== hostname() || !exists(pid)) return false;
  const now = processFacts(pid);
  return now.state !== ZOMBIE && (started === null || now.started === started);
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

/** Linux tells when a process began, so that a number used again is not taken for its earlier owner; see proc(5). */
function processFacts(pid: number): ProcessFacts {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? null, started: fields[19] ?? null };
  } catch {
    return { state: null, started: null };
  }
}
