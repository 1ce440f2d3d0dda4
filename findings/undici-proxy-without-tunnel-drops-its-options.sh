#!/usr/bin/env bash
# undici@7.30.2: ProxyAgent with proxyTunnel: false opens a connection for each request and does not time out as told.
# Guess: `connections` and `headersTimeout` mean the same with and without the CONNECT tunnel.
# What happens: without the tunnel the agent that talks to the proxy is made without these options. `connections: 2`
#   lets twenty requests open twenty connections at once; `headersTimeout: 1000` waits for an answer that comes after 3
#   seconds. With the tunnel both hold.
# Whom it hurts: whoever reaches a plain-http gateway for models through a proxy that allows no CONNECT: the pool that
#   should spare the proxy, and the timeout that should free a stuck row, are not there.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund undici@7.30.2
cat >try.mjs <<'JS'
import http from 'node:http';
import net from 'node:net';
import { ProxyAgent, request } from 'undici';

const listen = async (server) => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}`;
};

const gateway = http.createServer((incoming, response) => {
  incoming.resume();
  const millis = incoming.url === '/late' ? 3000 : 300;
  setTimeout(() => response.end('late answer'), millis);
});
const url = await listen(gateway);

let opened = 0;
const proxy = http.createServer((incoming, response) => {
  const target = new URL(incoming.url);
  const onwards = http.request(target, { method: incoming.method }, (answer) => answer.pipe(response));
  onwards.on('error', () => response.destroy());
  response.on('close', () => onwards.destroy());
  incoming.pipe(onwards);
});
proxy.on('connection', () => opened++);
proxy.on('connect', (incoming, socket) => {
  const [host, port] = incoming.url.split(':');
  const onwards = net.connect(Number(port), host, () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    socket.pipe(onwards).pipe(socket);
  });
  onwards.on('error', () => socket.destroy());
  socket.on('error', () => onwards.destroy());
});
const uri = await listen(proxy);

for (const proxyTunnel of [true, false]) {
  opened = 0;
  const pool = new ProxyAgent({ uri, proxyTunnel, connections: 2 });
  const post = async () => {
    const { body } = await request(url, { dispatcher: pool, method: 'POST', body: '{}' });
    await body.text();
  };
  await Promise.all(Array.from({ length: 20 }, post));
  await pool.destroy();
  const connections = opened;

  const patient = new ProxyAgent({ uri, proxyTunnel, headersTimeout: 1000 });
  const asked = request(`${url}/late`, { dispatcher: patient });
  const late = await asked.then(({ body }) => body.text(), ({ code }) => code);
  await patient.destroy();
  console.log(`proxyTunnel ${proxyTunnel}: ${connections} connections for 20 requests, headersTimeout: ${late}`);
}
for (const server of [gateway, proxy]) {
  server.closeAllConnections();
  server.close();
}
JS
cat >expected <<'TXT'
proxyTunnel true: 2 connections for 20 requests, headersTimeout: UND_ERR_HEADERS_TIMEOUT
proxyTunnel false: 20 connections for 20 requests, headersTimeout: late answer
TXT
node try.mjs | tee seen
diff expected seen
