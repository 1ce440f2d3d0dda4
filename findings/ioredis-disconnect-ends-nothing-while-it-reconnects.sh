#!/usr/bin/env bash
# ioredis@6.0.0 (and 5.11.1): disconnect() during an outage settles no command and never emits "end".
# Guess: disconnect() gives the connection up, so that commands which still wait are rejected with "Connection is
#   closed." and the client ends, as it does while it is connected and when no retry is left.
# What happens: while the client waits for its next attempt, disconnect() only takes that attempt's timer away. The
#   status stays "reconnecting", "end" is never emitted, and commands stay pending for ever: those that were under way
#   when the connection broke and those that were given since.
# Whom it hurts: workers and servers with maxRetriesPerRequest null, as queues need it, that are asked to stop while
#   Redis is away. What awaits its last command, or the event "end", waits for ever; with nothing else to do, Node ends
#   the process with exit status 13, and the code behind the await, such as saving what could not be delivered, never
#   runs.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ioredis@6.0.0 ioredis5@npm:ioredis@5.11.1
cat >try.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';

// Takes connections, answers no command, and can go away.
async function silentServer() {
  const sockets = new Set();
  const server = createServer((socket) => sockets.add(socket.on('error', () => {}).resume()));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const stop = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: server.address().port, stop };
}

async function trial(Client, { isAway }) {
  const { port, stop } = await silentServer();
  const client = new Client(port, '127.0.0.1', {
    enableReadyCheck: false,
    disableClientInfo: true,
    maxRetriesPerRequest: null,
    retryStrategy: () => 1000,
  });
  client.on('error', () => {});
  let hasEnded = false;
  client.on('end', () => {
    hasEnded = true;
  });
  await once(client, 'connect');
  const fates = { early: 'pending', late: 'pending' };
  const follow = (name, command) =>
    command.then(
      () => (fates[name] = 'answered'),
      (error) => (fates[name] = error.message),
    );
  follow('early', client.get('a'));
  await delay(50);
  if (isAway) {
    stop();
    await once(client, 'reconnecting');
  }
  follow('late', client.get('b'));
  client.disconnect();
  // Several attempts would fit in.
  await delay(3000);
  stop();
  return `under way: ${fates.early}, later: ${fates.late}, status ${client.status}, "end" ${hasEnded ? 'came' : 'never came'}`;
}

for (const [name, Client] of Object.entries({ '6.0.0': Redis, '5.11.1': Redis5 })) {
  for (const isAway of [false, true]) {
    console.log(`${name}, ${isAway ? 'server away' : 'connected'}: ${await trial(Client, { isAway })}`);
  }
}
JS
cat >expected <<'TXT'
6.0.0, connected: under way: Connection is closed., later: Connection is closed., status end, "end" came
6.0.0, server away: under way: pending, later: pending, status reconnecting, "end" never came
5.11.1, connected: under way: Connection is closed., later: Connection is closed., status end, "end" came
5.11.1, server away: under way: pending, later: pending, status reconnecting, "end" never came
TXT
node try.mjs | tee seen
diff expected seen
