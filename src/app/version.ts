import { createRequire } from 'node:module';
import { isJsonObject } from '../core/json.ts';

/** The version in package.json. */
export function promptgridVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('promptgrid/package.json');
  return isJsonObject(manifest) && typeof manifest['version'] === 'string' ? manifest['version'] : 'unknown';
}
