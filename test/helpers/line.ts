import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A line to a server on loopback that can be held in the middle of an answer, and cut. */
export interface Line {
  /** Where to ask instead of the server: `127.0.0.1:PORT`. */
  readonly address: string;
  /** Lets so many bytes of answers through from now on, and keeps back the rest until `release`. */
  hold(afterBytes: number): void;
  isHolding(): boolean;
  /** How many clients are connected. */
  clients(): number;
  release(): void;
  /** Ends every connection at once; new ones are taken. */
  cut(): void;
}

/** Opens a line; it closes with the end given. */
export async function openLine(
  to: string,
  atEnd: (end: () => Promise<void>) => void,
): Promise<Line> {
  const [host = '', port] = to.split(':');
  const pairs = new Set<readonly [client: Socket, upstream: Socket]>();
  let left = Infinity;

  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      client.write(chunk);
      left -= chunk.length;
      if (left <= 0) upstream.pause();
    });
    // What is on its way still arrives.
    upstream.on('close', () => client.end());
    upstream.on('error', () => client.resetAndDestroy());
    client.on('error', () => upstream.destroy());
    client.on('close', () => {
      upstream.destroy();
      pairs.delete(pair);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');

  const hold = (afterBytes: number) => {
    left = afterBytes;
    for (const [, upstream] of pairs) upstream.resume();
  };
  const cut = () => {
    for (const [client] of pairs) client.resetAndDestroy();
  };
  atEnd(async () => {
    cut();
    server.close();
    await once(server, 'close');
  });
  return {
    address: `127.0.0.1:${address.port}`,
    hold,
    isHolding: () => left <= 0,
    clients: () => pairs.size,
    release: () => hold(Infinity),
    cut,
  };
}
