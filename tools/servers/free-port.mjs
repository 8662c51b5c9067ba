import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range from which systems take the ports of outgoing connections: nobody gets it before it is used, or while its server is down. */
const PORTS = { from: 15_000, to: 32_000 };
const TRIES = 100;

/** A port of 127.0.0.1 that nobody uses now. */
export async function findFreePort() {
  for (let tries = 1; ; tries++) {
    const port = randomInt(PORTS.from, PORTS.to);
    const probe = createServer().listen(port, '127.0.0.1');
    try {
      await once(probe, 'listening');
      probe.close();
      await once(probe, 'close');
      return port;
    } catch (error) {
      if (error.code !== 'EADDRINUSE' || tries === TRIES) throw error;
    }
  }
}
