import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Runs a Redis server in the folder, in memory alone, for as long as the work takes.
 *
 * @param work is given its process id and its address
 */
export async function withRedis(folder, work) {
  const port = await freePort();
  const words = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const child = spawn('redis-server', words, { stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const line of createInterface(child.stdout)) if (line.includes('Ready to accept')) break;
  child.stdout.resume();
  try {
    return await work({ pid: child.pid, url: `redis://127.0.0.1:${port}` });
  } finally {
    child.kill();
    await once(child, 'exit');
  }
}
