import { rm } from "node:fs/promises";
import { Agent } from "node:http";
import { Miniflare } from "miniflare";
import { writeAssets } from "./assets.mjs";
import { RefusedError } from "./bindings.mjs";
import { boundNamespaceIds, KV_WORKER, workerOptions } from "./options.mjs";
import { withOutbound } from "./outbound.mjs";
import { versionFor } from "./rollout.mjs";

/** How long work that a Worker goes on with after its answer (`waitUntil`) may take once a newer generation serves. */
const AFTERWORK_MILLISECONDS = 5_000;

/** One set of Workers in one workerd. It is never changed: a change is a new generation. */
export class Generation {
  workers = [];
  namespaceIds = [];
  // workerd closes a connection that idles for 5 seconds: ours goes first, or a request might meet the closing.
  agent = new Agent({ keepAlive: true, timeout: 2_000 });
  #miniflare;
  #assetFolders = new Map();
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
    try {
      generation.#assetFolders = await writeAssets(workers);
      const options = workerOptions(workers, generation.namespaceIds, generation.#assetFolders);
      generation.#miniflare = new Miniflare({
        ...storage.shared,
        workers: withOutbound(options),
        handleStructuredLogs: ({ level, message }) => {
          if (starting) complaints.push(message);
          console.log(`${new Date().toISOString()} ${level}: ${message}`);
        },
      });
      await generation.#miniflare.ready;
      generation.#cf = JSON.stringify(await generation.#miniflare.getCf());
    } catch (error) {
      await generation.end().catch(() => {});
      throw new RefusedError(withoutService(complaints.join("\n")) || error.message);
    } finally {
      starting = false;
    }
    return generation;
  }

  /** Every host that leads to a Worker. */
  get hosts() {
    return [...new Set(this.workers.flatMap((worker) => worker.hosts ?? []))].sort();
  }

  /** The Worker that a request goes to, in one of its versions. */
  workerFor(host, headers) {
    const found = this.workers.filter((worker) => (worker.hosts ?? []).some((each) => each.toLowerCase() === host));
    return versionFor(found, headers);
  }

  /** Runs a Worker's cron trigger, and tells how it went: `ok`, `exception`, ... */
  async trigger(worker, cron) {
    const { outcome } = await (await this.#miniflare.getWorker(worker.name)).scheduled({ cron });
    return outcome;
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
    await this.#miniflare?.dispose();
    await Promise.all([...this.#assetFolders.values()].map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

/** workerd's words without the name that Miniflare gives to a Worker. */
function withoutService(message) {
  return message.replaceAll(/^service core:user:\S+: /gm, "").trim();
}
