import { rm } from "node:fs/promises";
import { Agent } from "node:http";
import { join } from "node:path";
import { Miniflare } from "miniflare";
import { writeAssets } from "./assets.mjs";
import { RejectedError } from "./bindings.mjs";
import { forward } from "./forwarding.mjs";
import { workerOptions } from "./options.mjs";
import { withinStartupLimit } from "./startup.mjs";
import { directSocketPath, entrySocketPath, pidFile, processOptions, socketFolder } from "./workerd.mjs";

/** Time for work after the response (`waitUntil`) once another process serves the requests. */
const AFTERWORK_MILLISECONDS = 5_000;

/** An immutable set of Workers in one workerd process. */
export class Group {
  static #started = 0;

  workers = [];
  // workerd closes idle connections after 5 seconds. This agent closes them earlier, so that no request is lost.
  agent = new Agent({ keepAlive: true, timeout: 2_000 });
  /** Unique in this runtime. */
  name = String(++Group.#started);
  #miniflare;
  #assetFolders = new Map();
  #endForwarding = () => {};
  #cf;
  #inFlight = 0;
  #idle = Promise.withResolvers();
  #retired = false;

  /**
   * Starts the Workers.
   * @param {object[]} workers in the format of the control API
   * @param {string} folder kept between runs
   * @throws {RejectedError} with the message of workerd if it rejects a script
   */
  static async start(workers, folder) {
    const group = new Group();
    group.workers = workers;
    const errors = [];
    let starting = true;
    try {
      group.#assetFolders = await writeAssets(workers);
      const options = workerOptions(workers, group.#assetFolders, group.name, (message) => log("warn", message));
      group.#endForwarding = await forward(options.targets);
      group.#miniflare = new Miniflare({
        ...processOptions(group.name, join(folder, "isolated")),
        workers: options.workers,
        handleStructuredLogs: ({ level, message }) => {
          if (starting) errors.push(message);
          log(level, message);
        },
      });
      await withinStartupLimit(group.#miniflare.ready, pidFile(group.name), workers.length);
      group.#cf = JSON.stringify(await group.#miniflare.getCf());
    } catch (error) {
      await group.end().catch(() => {});
      throw new RejectedError(withoutService(errors.join("\n")) || error.message);
    } finally {
      starting = false;
    }
    return group;
  }

  /** The path of the socket of Miniflare's entry Worker. */
  get entrySocketPath() {
    return entrySocketPath(this.name);
  }

  /** Returns the path of a Worker's socket. Waits until workerd runs again if it crashed. */
  async socketPath(worker) {
    await this.#miniflare.ready;
    return directSocketPath(this.name, this.workers.findIndex(({ name }) => name === worker.name));
  }

  /** The value of `request.cf` as JSON. */
  get cf() {
    return this.#cf;
  }

  enter() {
    this.#inFlight += 1;
  }

  leave() {
    this.#inFlight -= 1;
    if (this.#inFlight === 0 && this.#retired) this.#idle.resolve();
  }

  get isRetired() {
    return this.#retired;
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
    this.#endForwarding();
    this.#endForwarding = () => {};
    const folders = [...this.#assetFolders.values(), socketFolder(this.name)];
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

function log(level, message) {
  console.log(`${new Date().toISOString()} ${level}: ${message}`);
}

/** Returns a message of workerd without the name that Miniflare gives to a Worker. */
function withoutService(message) {
  return message.replaceAll(/^service core:user:\S+: /gm, "").trim();
}
