import { Socket } from 'node:net';

/**
 * The sockets of a pool or client. Ending one says goodbye and waits for the server's answer, which a dead server never
 * gives; whoever made the sockets can destroy them.
 */
export class TrackedSockets {
  readonly #sockets = new Set<Socket>();

  /** The driver's `stream` option. */
  readonly create = (): Socket => {
    const socket = new Socket();
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  };

  /** Waits for `ending`, and destroys what is still open `graceMs` later; never rejects. */
  async end(ending: Promise<unknown>, graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#destroy(), graceMs);
    await ending.catch(() => undefined);
    clearTimeout(timer);
  }

  /** Runs `operation`, and breaks its connections when it takes longer than `timeoutMs`. */
  async limit<T>(operation: () => Promise<T>, timeoutMs: number): Promise<T> {
    const timer = setTimeout(() => this.#destroy(), timeoutMs);
    try {
      return await operation();
    } finally {
      clearTimeout(timer);
    }
  }

  #destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
