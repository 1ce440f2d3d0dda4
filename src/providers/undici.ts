// The parts of undici that a call needs. Its index loads fetch, WebSockets, caches and mocks as well, which takes as long
// as all else that a short run loads.
import errors from 'undici/lib/core/errors.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';

export { errors, Pool, ProxyAgent };
