import { spawnSync } from 'node:child_process';

/** Starts a command as in another container: its processes and those outside do not see each other. */
export const OTHER_PID_NAMESPACE = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] as const;

/** Starts a command under another host name. */
export const OTHER_HOST_NAME = [
  'unshare',
  '--uts',
  '--fork',
  '--kill-child',
  'sh',
  '-c',
  'hostname other-host && exec "$@"',
  'sh',
] as const;

/** False where this user or system may not make namespaces. */
export const HAS_NAMESPACES = [OTHER_PID_NAMESPACE, OTHER_HOST_NAME].every(
  ([command, ...words]) => spawnSync(command, [...words, 'true']).status === 0,
);
