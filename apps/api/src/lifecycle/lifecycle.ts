/** Whether the process is on its way out. */
export class Lifecycle {
  #isDraining = false;

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** From now on readiness is off and connections are closed after their next answer. */
  startDraining(): void {
    this.#isDraining = true;
  }
}
