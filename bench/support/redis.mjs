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
 * Runs a Redis server in the folder for as long as the work takes, in memory alone if the settings do not say otherwise.
 *
 * @param work is given its process id and its address
 * @param settings further words of its command line
 */
export async function withRedis(folder, work, settings = []) {
  const port = await freePort();
  const words = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...settings];
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
