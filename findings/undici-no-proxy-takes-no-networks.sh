#!/usr/bin/env bash
# undici@7.30.2: NO_PROXY=10.0.0.0/8 excludes nothing.
# Guess: a network in CIDR notation, or an address with a star, keeps requests to those hosts off the proxy, as in curl
#   7.86 and later, Go and Python's requests.
# What happens: EnvHttpProxyAgent compares names and plain addresses only. "127.0.0.0/8", "127.0.0.*" and "127.0.0.1/32"
#   match nothing, and no warning says so: the request goes to the proxy.
#   A bare suffix such as ".0.0.1", meant for domain names, does match an address.
# Whom it hurts: whoever keeps a gateway for language models on an internal address and excludes internal networks.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund undici@7.30.2
cat >try.mjs <<'JS'
import http from 'node:http';
import { EnvHttpProxyAgent, request } from 'undici';

const listen = (answer) =>
  new Promise((resolve) => {
    const server = http.createServer((_request, response) => response.end(answer));
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
const [gateway, proxy] = [await listen('direct'), await listen('through the proxy')];
const httpProxy = `http://127.0.0.1:${proxy.address().port}`;
for (const noProxy of ['127.0.0.1', '127.0.0.0/8', '127.0.0.1/32', '127.0.0.*', '.0.0.1']) {
  const agent = new EnvHttpProxyAgent({ httpProxy, noProxy, proxyTunnel: false });
  const { body } = await request(`http://127.0.0.1:${gateway.address().port}/v1/models`, { dispatcher: agent });
  console.log(`NO_PROXY=${noProxy}: ${await body.text()}`);
  await agent.destroy();
}
gateway.close();
proxy.close();
JS
cat >expected <<'TXT'
NO_PROXY=127.0.0.1: direct
NO_PROXY=127.0.0.0/8: through the proxy
NO_PROXY=127.0.0.1/32: through the proxy
NO_PROXY=127.0.0.*: through the proxy
NO_PROXY=.0.0.1: direct
TXT
node try.mjs | tee seen
diff expected seen
