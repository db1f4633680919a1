import { useEffect, useState } from "preact/hooks";

/** A value that screens watch. */
export class Cell<T> {
  readonly #watchers = new Set<(value: T) => void>();

  constructor(public value: T) {}

  set(value: T) {
    this.value = value;
    for (const watcher of this.#watchers) watcher(value);
  }

  watch(watcher: (value: T) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }
}

/** The cell's value, now and whenever it changes. */
export function useCell<T>(cell: Cell<T>): T {
  const [value, show] = useState(cell.value);
  useEffect(() => {
    show(() => cell.value);
    return cell.watch((next) => show(() => next));
  }, [cell]);
  return value;
}
