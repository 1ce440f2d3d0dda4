/** A user without rights of its own on Linux and macOS. */
const NOBODY = 65_534;

/**
 * Does work as a user whom the rights of files bind, unlike root. Those of the whole process change: no other work may
 * go on meanwhile.
 */
export async function asPlainUser<Value>(work: () => Promise<Value>): Promise<Value> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
