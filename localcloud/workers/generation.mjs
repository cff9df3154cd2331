import { rm } from "node:fs/promises";
import { Agent } from "node:http";
import { Miniflare } from "miniflare";
import { writeAssets } from "./assets.mjs";
import { RejectedError } from "./bindings.mjs";
import { boundNamespaceIds, KV_WORKER, workerOptions } from "./options.mjs";
import { withOutbound } from "./outbound.mjs";
import { versionFor } from "./rollout.mjs";

/** Time for work after the response (`waitUntil`) once a newer generation serves requests. */
const AFTERWORK_MILLISECONDS = 5_000;

/** One immutable set of Workers in one workerd process. A change creates a new generation. */
export class Generation {
  workers = [];
  namespaceIds = [];
  // workerd closes idle connections after 5 seconds. This agent closes them earlier, so that no request is lost.
  agent = new Agent({ keepAlive: true, timeout: 2_000 });
  #miniflare;
  #assetFolders = new Map();
  #cf;
  #inFlight = 0;
  #idle = Promise.withResolvers();
  #retired = false;

  /**
   * Starts the Workers.
   * @param {{workers: object[], namespaceIds: string[]}} requested
   * @throws {RejectedError} with the message of workerd if it rejects a script
   */
  static async start(storage, { workers, namespaceIds }) {
    const generation = new Generation();
    generation.workers = workers;
    generation.namespaceIds = [...new Set([...namespaceIds, ...boundNamespaceIds(workers)])];
    const errors = [];
    let starting = true;
    try {
      generation.#assetFolders = await writeAssets(workers);
      const options = workerOptions(workers, generation.namespaceIds, generation.#assetFolders);
      generation.#miniflare = new Miniflare({
        ...storage.shared,
        workers: withOutbound(options),
        handleStructuredLogs: ({ level, message }) => {
          if (starting) errors.push(message);
          console.log(`${new Date().toISOString()} ${level}: ${message}`);
        },
      });
      await generation.#miniflare.ready;
      generation.#cf = JSON.stringify(await generation.#miniflare.getCf());
    } catch (error) {
      await generation.end().catch(() => {});
      throw new RejectedError(withoutService(errors.join("\n")) || error.message);
    } finally {
      starting = false;
    }
    return generation;
  }

  /** All hosts of the Workers. */
  get hosts() {
    return [...new Set(this.workers.flatMap((worker) => worker.hosts ?? []))].sort();
  }

  /** Returns the Worker, in one of its versions, that handles a request. */
  workerFor(host, headers) {
    const found = this.workers.filter((worker) => (worker.hosts ?? []).some((each) => each.toLowerCase() === host));
    return versionFor(found, headers);
  }

  /** Runs a Worker's cron trigger and returns its outcome: `ok`, `exception`, ... */
  async trigger(worker, cron) {
    const { outcome } = await (await this.#miniflare.getWorker(worker.name)).scheduled({ cron });
    return outcome;
  }

  /** Returns the address of a Worker, for each request, because a crashed workerd is restarted on other ports. */
  address(worker) {
    return this.#miniflare.unsafeGetDirectURL(worker.name);
  }

  /** The value of `request.cf` as JSON. */
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

  /** Stops the Workers once the requests in flight, and a little work after them, are finished. */
  async retire() {
    this.#retired = true;
    if (this.#inFlight > 0) await this.#idle.promise;
    await new Promise((resolve) => setTimeout(resolve, AFTERWORK_MILLISECONDS).unref());
    await this.end();
  }

  async end() {
    this.agent.destroy();
    await this.#miniflare?.dispose();
    await Promise.all([...this.#assetFolders.values()].map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

/** Returns a message of workerd without the name that Miniflare gives to a Worker. */
function withoutService(message) {
  return message.replaceAll(/^service core:user:\S+: /gm, "").trim();
}
