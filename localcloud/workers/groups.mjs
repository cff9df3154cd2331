import { isDeepStrictEqual } from "node:util";
import { RejectedError } from "./bindings.mjs";
import { Group } from "./group.mjs";
import { versionFor } from "./rollout.mjs";
import { together } from "./together.mjs";

/**
 * From this number of processes on, a new process also takes over the Workers of the process with the fewest. A process
 * needs about 75 MiB, and 6 MiB for each Worker.
 */
const ENOUGH_PROCESSES = 16;

/** A change keeps Workers that this runtime does not run. */
export class UnknownWorkersError extends Error {}

/**
 * The deployed Workers, each with the group that runs it.
 *
 * A change starts the changed Workers in a new process, because the start of a Worker takes about 30 milliseconds. The
 * new process also runs the Workers that are bound to them, those of a process with the same SQLite files, and with many
 * processes those of the smallest one.
 * The processes of replaced Workers finish their requests.
 */
export class Groups {
  /** Workers by name, in the order of the last change: `{ worker, group }`. */
  #deployed = new Map();
  #running = new Set();
  #folder;
  #last = Promise.resolve();

  constructor(folder) {
    this.#folder = folder;
  }

  get names() {
    return [...this.#deployed.keys()];
  }

  /** The names of the processes that serve requests. */
  get processes() {
    return [...new Set([...this.#deployed.values()].map(({ group }) => group.name))];
  }

  /** All hosts of the Workers. */
  get hosts() {
    return [...new Set([...this.#deployed.values()].flatMap(({ worker }) => worker.hosts ?? []))].sort();
  }

  /** Returns the Worker, in one of its versions, that handles a request, and its group: `{ worker, group }`. */
  find(host, headers) {
    const found = [...this.#deployed.values()].filter(({ worker }) => hasHost(worker, host));
    const worker = versionFor(
      found.map((each) => each.worker),
      headers,
    );
    return worker && this.#deployed.get(worker.name);
  }

  /**
   * Replaces all Workers. The old ones keep serving if the new ones are rejected.
   * @param {object[]} sent new and changed Workers, in the format of the control API
   * @param {string[]} names names of all Workers, in the order of their precedence
   */
  replace(sent, names) {
    const change = this.#last.then(() => this.#replace(sent, names));
    this.#last = change.catch(() => {});
    return change;
  }

  async end() {
    await Promise.all([...this.#running].map((group) => group.end()));
  }

  async #replace(sent, names) {
    const requested = this.#requested(sent, names);
    const starting = this.#starting(requested);
    const group = starting.length > 0 ? await Group.start(starting, this.#folder) : undefined;
    if (group) this.#running.add(group);
    const started = new Set(starting);
    this.#deployed = new Map(
      requested.map((worker) => {
        const serving = started.has(worker) ? group : this.#deployed.get(worker.name).group;
        return [worker.name, { worker, group: serving }];
      }),
    );
    this.#retireUnused();
  }

  /** Returns all requested Workers. Throws `UnknownWorkersError` if one of them was neither sent nor deployed. */
  #requested(sent, names) {
    const known = new Map(sent.map((worker) => [worker.name, worker]));
    if (known.size < sent.length) throw new RejectedError("The names of the Workers must be unique.");
    const requested = names.map((name) => known.get(name) ?? this.#deployed.get(name)?.worker);
    if (requested.includes(undefined)) throw new UnknownWorkersError("The change keeps Workers that are not deployed.");
    return requested;
  }

  /** Returns the requested Workers that need a new process. */
  #starting(requested) {
    const unchanged = new Map(requested.filter((worker) => this.#runs(worker)).map((each) => [each.name, each]));
    const replaced = [...this.#deployed.values()].filter(({ worker }) => !unchanged.has(worker.name));
    // Two processes cannot use the same SQLite files, so an old process with such files ends completely.
    const ending = new Set(replaced.filter(({ worker }) => hasFiles(worker)).map(({ group }) => group));
    const changed = requested.filter(({ name }) => !unchanged.has(name) || ending.has(this.#deployed.get(name).group));
    if (changed.length === 0) return [];
    const sizes = Map.groupBy(unchanged.values(), ({ name }) => this.#deployed.get(name).group);
    const smallest = [...sizes.values()].sort((one, other) => one.length - other.length)[0] ?? [];
    return together(requested, sizes.size >= ENOUGH_PROCESSES ? [...changed, ...smallest] : changed);
  }

  /** Whether a Worker runs with the same code and bindings. The rest concerns only the public server. */
  #runs(worker) {
    const code = ({ hosts, crons, version, ...rest }) => rest;
    const deployed = this.#deployed.get(worker.name)?.worker;
    return deployed === worker || (deployed !== undefined && isDeepStrictEqual(code(deployed), code(worker)));
  }

  #retireUnused() {
    const used = new Set([...this.#deployed.values()].map(({ group }) => group));
    for (const group of this.#running) {
      if (!used.has(group) && !group.isRetired) group.retire().then(() => this.#running.delete(group));
    }
  }
}

function hasHost({ hosts }, host) {
  return (hosts ?? []).some((each) => each.toLowerCase() === host);
}

/** Whether a Worker stores data in files of its process. */
function hasFiles({ durableObjects, bindings }) {
  return Object.keys(durableObjects ?? {}).length > 0 || (bindings ?? []).some(({ type }) => type === "d1" || type === "workflow");
}
