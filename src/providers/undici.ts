// The parts of undici that a call needs. Its index loads fetch, WebSockets, caches and mocks as well, which takes as long
// as all else that a short run loads.
import connect from 'undici/lib/api/api-connect.js';
import request from 'undici/lib/api/api-request.js';
import errors from 'undici/lib/core/errors.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';

// As its index does: a proxy's client opens tunnels by this method.
Object.assign(Dispatcher.prototype, { connect });

export { errors, Pool, ProxyAgent, request };
