/** Lets a few tasks run at once and the others wait in their order. */
export class Turns {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly most: number) {}

  async take<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running >= this.most) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#running += 1;
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      // The next one takes this place over, so the count stays.
      if (next) next();
      else this.#running -= 1;
    }
  }
}
