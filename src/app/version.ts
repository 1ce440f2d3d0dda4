import { readFileSync } from 'node:fs';
import { isJsonObject } from '../core/json.ts';

/** The version in package.json. */
export function promptgridVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return isJsonObject(manifest) && typeof manifest['version'] === 'string' ? manifest['version'] : 'unknown';
}
