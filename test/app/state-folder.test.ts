import { expect, it } from 'vitest';
import { stateFolder } from '../../src/app/state-folder.ts';

it.each([
  [{ XDG_STATE_HOME: '/var/state', HOME: '/home-of-a' }, '/var/state/promptgrid'],
  [{ XDG_STATE_HOME: '', HOME: '/home-of-a' }, '/home-of-a/.local/state/promptgrid'],
  [{ HOME: '/home-of-a' }, '/home-of-a/.local/state/promptgrid'],
  [{ HOME: '' }, null],
  [{}, null],
])('the shared folder of runs is, with %j, %s', (env, folder) => {
  expect(stateFolder(env)).toBe(folder);
});
