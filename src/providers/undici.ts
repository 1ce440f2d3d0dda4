// The parts of undici that a call needs. Its index also loads fetch, WebSockets, caches and mocks, which takes as long
// as loading everything else for a short run.
import errors from 'undici/lib/core/errors.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';

export { errors, Pool, ProxyAgent };
