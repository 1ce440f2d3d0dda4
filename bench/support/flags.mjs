import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * Flags of a bench by name. @param defaults a number where the flag is one, false where it takes no value, undefined
 * where a text may be left out
 */
export function readFlags(defaults) {
  const options = Object.entries(defaults).map(([name, value]) => {
    if (value === false) return [name, { type: 'boolean', default: false }];
    return [name, { type: 'string', ...(value === undefined ? {} : { default: String(value) }) }];
  });
  const { values } = parseArgs({ options: Object.fromEntries(options) });
  const read = ([name, value]) => [name, typeof value === 'number' ? Number(values[name]) : values[name]];
  return Object.fromEntries(Object.entries(defaults).map(read));
}

/** The same, with `load`, which imports a module by its path in `src`, of another build where `--dist` names one. */
export function readBuildFlags(defaults) {
  const own = fileURLToPath(new URL('../../dist/modules', import.meta.url));
  const { dist, ...flags } = readFlags({ ...defaults, dist: own });
  return { ...flags, load: (path) => import(pathToFileURL(join(resolve(dist), `${path}.js`)).href) };
}
