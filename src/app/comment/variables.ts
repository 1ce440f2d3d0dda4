import { UsageError } from '../../core/errors.ts';
import type { ForgeEnvironment } from './forge.ts';

const HINT = 'run this in a job of GitHub Actions or GitLab CI, which sets it; a .env file does not count';

/** @throws UsageError if the variable is not set, without its value */
export function requireVariable(env: ForgeEnvironment, name: string): string {
  const value = env[name] ?? '';
  if (value !== '') return value;
  throw new UsageError(`the variable ${name} is not set`, { hint: HINT });
}

/** The address in a variable. @throws UsageError if it is not one of http or https */
export function addressOf(env: ForgeEnvironment, name: string): URL {
  const text = requireVariable(env, name);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url;
  throw new UsageError(`the variable ${name} is not the address of an API`, { hint: HINT });
}
