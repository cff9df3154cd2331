import { isDeepStrictEqual } from "node:util";
import { Generation } from "./generation.mjs";

/** The current generation of Workers, and older ones that still finish requests. */
export class Generations {
  current;
  #storage;
  #running = new Set();
  #last = Promise.resolve();

  static async start(storage) {
    const generations = new Generations();
    generations.#storage = storage;
    await generations.#switchTo({ workers: [], namespaceIds: [] });
    return generations;
  }

  /** Replaces all Workers. The old ones keep serving if the new ones are rejected. */
  replaceWorkers(workers) {
    return this.#inTurn(async () => {
      if (isDeepStrictEqual(workers, this.current.workers)) return;
      await this.#switchTo({ workers, namespaceIds: this.current.namespaceIds });
    });
  }

  /** Returns the KV namespace with this id, even if no Worker has a binding to it. */
  namespace(id) {
    return this.#inTurn(async () => {
      const { workers, namespaceIds } = this.current;
      if (!namespaceIds.includes(id)) await this.#switchTo({ workers, namespaceIds: [...namespaceIds, id] });
      return this.current.namespace(id);
    });
  }

  async end() {
    await Promise.all([...this.#running].map((generation) => generation.end()));
  }

  async #switchTo(requested) {
    const next = await Generation.start(this.#storage, requested);
    const previous = this.current;
    this.current = next;
    this.#running.add(next);
    previous?.retire().then(() => this.#running.delete(previous));
  }

  /** Runs one change at a time, in the order of the requests. */
  #inTurn(change) {
    const result = this.#last.then(change);
    this.#last = result.catch(() => {});
    return result;
  }
}
