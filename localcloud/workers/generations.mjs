import { isDeepStrictEqual } from "node:util";
import { Generation } from "./generation.mjs";

/** The generation of Workers that serves now, and those that still finish requests. */
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

  /** Replaces all Workers; the old ones go on serving when the new ones are refused. */
  replaceWorkers(workers) {
    return this.#inTurn(async () => {
      if (isDeepStrictEqual(workers, this.current.workers)) return;
      await this.#switchTo({ workers, namespaceIds: this.current.namespaceIds });
    });
  }

  /** The KV namespace of this id, which no Worker needs to be bound to. */
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

  async #switchTo(wanted) {
    const next = await Generation.start(this.#storage, wanted);
    const previous = this.current;
    this.current = next;
    this.#running.add(next);
    previous?.retire().then(() => this.#running.delete(previous));
  }

  /** One change at a time, in the order they were asked for. */
  #inTurn(change) {
    const result = this.#last.then(change);
    this.#last = result.catch(() => {});
    return result;
  }
}
