/**
 * Collects what arrives in one turn of the event loop, and works it off at the turn's end, in order. Under load many
 * requests arrive in each turn: a step that is taken for all of them, one after the other, finds its code and what it
 * looks up in the processor's caches; taken for one request between all of its other steps, it does not.
 */
export function workTogether<T>(work: (items: readonly T[]) => void): (item: T) => void {
  let waiting: T[] = [];
  const workOff = () => {
    const items = waiting;
    waiting = [];
    work(items);
  };
  return (item) => {
    if (waiting.push(item) === 1) setImmediate(workOff);
  };
}
