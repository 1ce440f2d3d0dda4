import { join } from 'node:path';

/**
 * Folder that a user's runs on a machine share: `promptgrid` in XDG_STATE_HOME, else in `.local/state` of HOME (XDG
 * Base Directory Specification 0.8).
 * @returns null if the environment has neither
 */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string | null {
  const { XDG_STATE_HOME: state = '', HOME: home = '' } = env;
  if (state !== '') return join(state, 'promptgrid');
  return home === '' ? null : join(home, '.local', 'state', 'promptgrid');
}
