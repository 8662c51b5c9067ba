import { PayloadSizes, sizeBandOf, type SizeBorder } from './payload-sizes.js';

/** First retries between two looks at whether payloads are to be told apart. */
const LOOK_AGAIN = 10;
/** A border that moves past a smaller share of payloads than this leaves both kinds what they know. */
const SMALL_MOVE = 0.05;

/** The two kinds that failures of a kind fall into where the size of the payload tells them apart. */
export class KindsBySize<Kind> {
  readonly #sizes = new PayloadSizes();
  #border: SizeBorder | null = null;
  #kinds: readonly [small: Kind, large: Kind] | undefined;
  #news = 0;

  /** Both; none while payloads are not told apart. */
  get kinds(): readonly Kind[] {
    return this.#kinds ?? [];
  }

  /** The kind of a payload of `bytes`; undefined while payloads are not told apart. */
  kindOf(bytes: number | undefined): Kind | undefined {
    if (bytes === undefined || this.#border === null) return undefined;
    return this.#kinds?.[sizeBandOf(bytes) < this.#border ? 0 : 1];
  }

  /**
   * Counts a job by its first retry; where that moves the border far, both kinds begin anew.
   *
   * @param create a kind of which nothing is known yet
   */
  count(bytes: number, outcome: { readonly success: boolean }, create: () => Kind): void {
    this.#sizes.count(bytes, outcome);
    if (++this.#news < LOOK_AGAIN) return;
    this.#news = 0;
    const border = this.#sizes.border(this.#border);
    if (border === this.#border) return;
    const isSmallMove =
      border !== null && this.#border !== null && this.#sizes.shareBetween(border, this.#border) < SMALL_MOVE;
    this.#border = border;
    if (isSmallMove) return;
    this.#kinds = border === null ? undefined : [create(), create()];
  }

  /** Forgets both kinds, to make room; false where there are none. */
  forget(): boolean {
    this.#border = null;
    const had = this.#kinds !== undefined;
    this.#kinds = undefined;
    return had;
  }
}
