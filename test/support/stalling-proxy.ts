import { createConnection, createServer, type Socket } from 'node:net';
import { type Ending, listen } from './http-server.ts';

/** A TCP proxy on the way to a server that can hold back what comes. */
export interface StallingProxy {
  /** The server's address as its clients see it. */
  readonly url: string;
  /** From now on nothing is let through, and no connection either. */
  stall(): void;
  /** Lets through at once whatever was held back. */
  resume(): void;
}

/** Starts one in front of a server that ends with the test. @param url of the server */
export async function stallingProxy({ onTestFinished }: Ending, url: string): Promise<StallingProxy> {
  const { hostname, port, pathname } = new URL(url);
  const sockets = new Set<Socket>();
  const held: (() => void)[] = [];
  let isStalled = false;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    if (isStalled) socket.pause();
  };
  const join = (client: Socket): void => {
    const upstream = createConnection({ host: hostname, port: Number(port) });
    keep(upstream);
    client.pipe(upstream).pipe(client);
  };
  const proxy = createServer({ noDelay: true, pauseOnConnect: true }, (client) => {
    keep(client);
    if (isStalled) held.push(() => join(client));
    else join(client);
  });
  const listening = await listen(proxy);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  return {
    url: `http://127.0.0.1:${listening}${pathname}`,
    stall: () => {
      isStalled = true;
      for (const socket of sockets) socket.pause();
    },
    resume: () => {
      isStalled = false;
      for (const joinLate of held.splice(0)) joinLate();
      for (const socket of sockets) socket.resume();
    },
  };
}
