import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * Starts the minimal completion server for as long as the work takes.
 *
 * @param latencyMs time from a request to its response
 * @param work is given the server: `address`, up to and with `/v1`, and `taken`, which returns the calls served since
 *   it was last called, and the seconds from the first request to the last response
 */
export async function withServer(latencyMs, work) {
  const child = fork(fileURLToPath(new URL('plain-server.mjs', import.meta.url)), [String(latencyMs)]);
  const [address] = await once(child, 'message');
  const taken = async () => {
    const told = once(child, 'message');
    child.send('taken');
    return (await told)[0];
  };
  try {
    return await work({ address, taken });
  } finally {
    child.disconnect();
  }
}
