import { Agent } from "node:http";
import { Miniflare } from "miniflare";
import { boundNamespaceIds, KV_WORKER, RefusedError, workerOptions } from "./options.mjs";

/** How long work that a Worker goes on with after its answer (`waitUntil`) may take once a newer generation serves. */
const AFTERWORK_MILLISECONDS = 5_000;

/** One set of Workers in one workerd. It is never changed: a change is a new generation. */
export class Generation {
  workers = [];
  namespaceIds = [];
  // workerd closes a connection that idles for 5 seconds: ours goes first, or a request might meet the closing.
  agent = new Agent({ keepAlive: true, timeout: 2_000 });
  #miniflare;
  #cf;
  #inFlight = 0;
  #idle = Promise.withResolvers();
  #retired = false;

  /**
   * Starts the Workers.
   * @param {{workers: object[], namespaceIds: string[]}} wanted
   * @throws {RefusedError} with workerd's own words when it does not take a script
   */
  static async start(storage, { workers, namespaceIds }) {
    const generation = new Generation();
    generation.workers = workers;
    generation.namespaceIds = [...new Set([...namespaceIds, ...boundNamespaceIds(workers)])];
    const complaints = [];
    let starting = true;
    const miniflare = new Miniflare({
      ...storage.shared,
      workers: workerOptions(workers, generation.namespaceIds),
      handleStructuredLogs: ({ level, message }) => {
        if (starting) complaints.push(message);
        console.log(`${new Date().toISOString()} ${level}: ${message}`);
      },
    });
    try {
      await miniflare.ready;
      generation.#cf = JSON.stringify(await miniflare.getCf());
    } catch (error) {
      await miniflare.dispose().catch(() => {});
      throw new RefusedError(withoutService(complaints.join("\n")) || error.message);
    } finally {
      starting = false;
    }
    generation.#miniflare = miniflare;
    return generation;
  }

  /** Every host that leads to a Worker. */
  get hosts() {
    return this.workers.flatMap((worker) => worker.hosts ?? []).sort();
  }

  workerFor(host) {
    return this.workers.find((worker) => (worker.hosts ?? []).some((each) => each.toLowerCase() === host));
  }

  /** Where a Worker listens. Asked anew for each request: after a crash Miniflare starts workerd on other ports. */
  address(worker) {
    return this.#miniflare.unsafeGetDirectURL(worker.name);
  }

  /** `request.cf` as JSON. */
  get cf() {
    return this.#cf;
  }

  namespace(id) {
    return this.#miniflare.getKVNamespace(id, KV_WORKER);
  }

  enter() {
    this.#inFlight += 1;
  }

  leave() {
    this.#inFlight -= 1;
    if (this.#inFlight === 0 && this.#retired) this.#idle.resolve();
  }

  /** Ends the Workers once the requests in flight, and a little work after them, are done. */
  async retire() {
    this.#retired = true;
    if (this.#inFlight > 0) await this.#idle.promise;
    await new Promise((resolve) => setTimeout(resolve, AFTERWORK_MILLISECONDS).unref());
    await this.end();
  }

  async end() {
    this.agent.destroy();
    await this.#miniflare.dispose();
  }
}

/** workerd's words without the name that Miniflare gives to a Worker. */
function withoutService(message) {
  return message.replaceAll(/^service core:user:\S+: /gm, "").trim();
}
