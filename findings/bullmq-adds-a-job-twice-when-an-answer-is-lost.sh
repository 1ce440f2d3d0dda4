#!/usr/bin/env bash
# bullmq@6.7.0 with ioredis@6.0.0: one queue.add() whose answer is lost makes two jobs, and says nothing.
# Guess: if the connection breaks while a command is under way, its fate is unknown, and the promise is rejected, as
#   redis@6.3.1, the other client for Node, does. Or Redis has not done it yet, and it is done once after all.
# What happens: ioredis keeps commands that wait for their answers and sends them again once it is connected again,
#   writes and transactions too. Redis had carried the first one out, so all of it happens twice. add() resolves with
#   the second job's id; addBulk() of three makes six jobs. INCRBY 5 adds 10. SET NX answers null to the very client
#   that took the lock, and RPOP loses an element. A jobId of one's own makes add() safe. The option that turns it off,
#   autoResendUnfulfilledCommands, leaves the promise pending instead. The README of ioredis has one sentence on it,
#   about "most likely blocking commands such as brpop and blpop"; BullMQ's README and pages on connections have none.
# Whom it hurts: whoever puts paid calls into a queue, counts money or takes locks, with a proxy or a failover in
#   between. A row is asked and billed twice, no job failed, and each of the two looks sound.
# Needs redis-server, which npm does not have: says so and ends where it is not installed or is not of the line 7.0.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
version=$(redis-server --version 2>/dev/null || true)
if [[ $version != *'v=7.0.'* ]]; then
  echo 'skipped: no redis-server 7.0 here (Debian 12: apt-get install redis-server)'
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund bullmq@6.7.0 ioredis@6.0.0 redis@6.3.1
cat >try.mjs <<'JS'
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { createClient } from 'redis';

const host = '127.0.0.1';
async function listen(server) {
  await once(server.listen(0, host), 'listening');
  return server.address().port;
}

const probe = createServer();
const redisPort = await listen(probe);
await once(probe.close(), 'close');
const options = ['--port', redisPort, '--bind', host, '--save', '', '--appendonly', 'no'];
const redisServer = spawn('redis-server', options.map(String), { stdio: 'ignore' });
process.on('exit', () => redisServer.kill('SIGKILL'));
const quiet = (emitter) => emitter.on('error', () => {});
const direct = quiet(new Redis(redisPort, host, { maxRetriesPerRequest: null }));
await direct.ping();

// Passes everything on, but when told so loses one answer together with the connection.
let shallLose = false;
const proxy = createServer((client) => {
  const server = quiet(connect(redisPort, host));
  quiet(client).pipe(server);
  server.on('data', (answer) => {
    if (!shallLose) return client.write(answer);
    shallLose = false;
    client.destroy();
    server.destroy();
  });
  client.on('close', () => server.destroy());
  server.on('close', () => client.destroy());
});
const port = await listen(proxy);
async function losing(command) {
  shallLose = true;
  return JSON.stringify(await command().catch((error) => error.message));
}

const queue = quiet(new Queue('calls', { connection: { host, port } }));
await queue.waitUntilReady();
await queue.getJobCounts();
const waiting = async () => (await direct.lrange('bull:calls:wait', 0, -1)).reverse().join(' ');
const add = (data, options) => losing(async () => (await queue.add('ask', data, options)).id);
console.log(`add: resolves with ${await add({ row: 1 })}, waiting: ${await waiting()}`);
const withId = await add({ row: 2 }, { jobId: 'row-2' });
console.log(`add with a jobId: resolves with ${withId}, waiting: ${await waiting()}`);
const bulk = [3, 4, 5].map((row) => ({ name: 'ask', data: { row } }));
await losing(() => queue.addBulk(bulk));
console.log(`addBulk of three: waiting: ${await waiting()}`);

const rows = [];
const ask = async ({ data }) => rows.push(data.row);
const worker = quiet(new Worker('calls', ask, { connection: { host, port: redisPort } }));
await once(worker, 'drained');
console.log(`rows that were asked: ${rows.sort().join(' ')}`);
await worker.close();
await queue.close();

const client = quiet(new Redis(port, host));
await client.ping();
console.log(`INCRBY spent 5: ${await losing(() => client.incrby('spent', 5))}, spent: ${await direct.get('spent')}`);
console.log(`SET NX: ${await losing(() => client.set('lock', 'mine', 'NX'))}, lock: ${await direct.get('lock')}`);
await direct.rpush('list', 'a', 'b', 'c');
console.log(`RPOP: ${await losing(() => client.rpop('list'))}, left of a b c: ${await direct.lrange('list', 0, -1)}`);
console.log(`MULTI with one INCR: ${await losing(() => client.multi().incr('times').exec())}`);
client.disconnect();

const withoutResending = quiet(new Redis(port, host, { autoResendUnfulfilledCommands: false }));
await withoutResending.ping();
let fate = 'pending';
void losing(() => withoutResending.incrby('other', 5)).then((text) => (fate = text));
await once(withoutResending, 'ready');
await withoutResending.ping();
console.log(`INCRBY without resending: ${fate}, other: ${await direct.get('other')}`);
withoutResending.disconnect();

const nodeRedis = quiet(createClient({ socket: { host, port } }));
await nodeRedis.connect();
const refused = await losing(() => nodeRedis.incrBy('another', 5));
console.log(`INCRBY with the package redis: ${refused}, another: ${await direct.get('another')}`);
nodeRedis.destroy();
direct.disconnect();
proxy.close();
redisServer.kill('SIGKILL');
JS
cat >expected <<'TXT'
add: resolves with "2", waiting: 1 2
add with a jobId: resolves with "row-2", waiting: 1 2 row-2
addBulk of three: waiting: 1 2 row-2 5 6 7 8 9 10
rows that were asked: 1 1 2 3 3 4 4 5 5
INCRBY spent 5: 10, spent: 10
SET NX: null, lock: mine
RPOP: "b", left of a b c: a
MULTI with one INCR: [[null,2]]
INCRBY without resending: pending, other: 5
INCRBY with the package redis: "Socket closed unexpectedly", another: 5
TXT
node try.mjs | tee seen
diff expected seen
