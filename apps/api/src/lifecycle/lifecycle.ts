/**
 * `serving`; `draining`: still served, but no longer ready, so that balancers look elsewhere; `closing`: nobody new is
 * let in, and each connection ends with its next answer.
 */
type Phase = 'serving' | 'draining' | 'closing';

/** How far the process is on its way out. */
export class Lifecycle {
  #phase: Phase = 'serving';

  get isReady(): boolean {
    return this.#phase === 'serving';
  }

  get isClosing(): boolean {
    return this.#phase === 'closing';
  }

  startDraining(): void {
    this.#phase = 'draining';
  }

  startClosing(): void {
    this.#phase = 'closing';
  }
}
