import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { round } from './program.mjs';

/** The processor's own name, without marks and repeated spaces. */
const model = (cpus()[0]?.model ?? 'unknown').replaceAll(/\((?:R|TM)\)/g, '').replaceAll(/\s+/g, ' ');

/** Where and when figures were measured. */
export function machine() {
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    cpu: model.trim(),
    cores: cpus().length,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    loadAverage: loadAverage(),
  };
}

/** Processes that ran or waited to run, on average over the last minute. */
export function loadAverage() {
  return round(loadavg()[0], 1);
}

/** Versions of packages as installed. @param folder the one that holds node_modules */
export function versions(names, folder = new URL('../../', import.meta.url)) {
  const read = (path) => JSON.parse(readFileSync(new URL(path, folder), 'utf8')).version;
  return Object.fromEntries(names.map((name) => [name, read(`node_modules/${name}/package.json`)]));
}
