/** All pools of the gateway. A pool belongs to a Hyperdrive configuration and to one target. */
import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";

import { Cache, Memory } from "./cache.mjs";
import { Faults } from "./faults.mjs";
import { Journal } from "./journal.mjs";
import { Listener } from "./listener.mjs";
import { Pool } from "./pool.mjs";

const HOST = "127.0.0.1";
const DRAIN_CHECK_MILLISECONDS = 20;
const LOGIN_MILLISECONDS = 60_000;
const SAMPLE_MILLISECONDS = 1_000;
const VIEWED_QUERIES = 25;

export class Pools {
  #pools = new Map();
  /** The cache, the journal and the injected faults of each configuration, by name. All pools that it has in turn use them. */
  #configurations = new Map();
  #memory = new Memory();
  #limits;
  #retirementMilliseconds;

  /** `limits` has `waitMilliseconds` and `idleMilliseconds`. A pool that is not needed closes after the retirement. */
  constructor({ retirementMilliseconds, ...limits }) {
    this.#limits = limits;
    setInterval(() => this.sample(), SAMPLE_MILLISECONDS).unref();
    this.#retirementMilliseconds = retirementMilliseconds;
  }

  /**
   * Ensures a pool for each origin.
   *
   * A new password or limit, or new settings of the cache, change the existing pool. A new target, which is everything
   * else, gets a new pool with the cache of the old one.
   * @returns {Promise<Record<string, string>>} the URLs for clients, by the names of the origins: secrets
   */
  async ensure(origins) {
    const urls = {};
    for (const [name, origin] of Object.entries(origins)) {
      const key = keyOf(name, origin);
      const entry = this.#pools.get(key) ?? (await this.#open(key, name, origin));
      clearTimeout(entry.retirement);
      entry.retirement = undefined;
      const configuration = this.#configurationOf(name);
      configuration.cache.change(origin.caching);
      entry.pool.change(origin, configuration);
      urls[name] = entry.url;
    }
    return urls;
  }

  /** Drains all other pools, and closes them after the time in which a Worker may still use them. Deletes their caches and journals. */
  retireOthers(origins) {
    for (const [name, { cache }] of this.#configurations) {
      if (origins[name]) continue;
      cache.close();
      this.#configurations.delete(name);
    }
    const kept = new Set(Object.entries(origins).map(([name, origin]) => keyOf(name, origin)));
    for (const [key, entry] of this.#pools) {
      if (kept.has(key) || entry.retirement) continue;
      entry.pool.drain();
      entry.retirement = setTimeout(() => this.#close(key, entry), this.#retirementMilliseconds);
    }
  }

  /** Accepts no new clients, and closes everything when no client uses a connection, or after a time. */
  async drain(mostMilliseconds) {
    const end = performance.now() + mostMilliseconds;
    const entries = [...this.#pools.values()];
    for (const { listener, pool } of entries) {
      listener.stop();
      pool.drain();
    }
    while (performance.now() < end && entries.some(({ pool }) => pool.figures.open > 0)) await wait(DRAIN_CHECK_MILLISECONDS);
    this.close();
  }

  close() {
    for (const [key, entry] of this.#pools) this.#close(key, entry);
  }

  /** The figures of each pool that is in use. */
  get figures() {
    return this.#current.map(({ name, pool, listener }) => ({ name, clients: listener.clients, ...pool.figures, queries: pool.journal.counts }));
  }

  /** The newest queries of each configuration. */
  get queries() {
    return this.#current.map(({ name, pool }) => ({ name, label: pool.label, queries: pool.journal.entries }));
  }

  /** The figures of each configuration over time: `recent` or `day`. */
  history(range) {
    this.sample();
    return this.#current.map(({ name, pool }) => ({ name, label: pool.label, intervals: pool.journal[range].content }));
  }

  /** The figures of the last minutes and the newest queries of each configuration, for the page. */
  get view() {
    const recent = this.history("recent");
    return recent.map((each, index) => ({ ...each, queries: this.queries[index].queries.slice(-VIEWED_QUERIES) }));
  }

  /** Adds the figures of each pool to its journal. */
  sample() {
    for (const { pool } of this.#current) pool.journal.addSample(pool.figures, pool.takePeaks());
  }

  /** The injected faults of each configuration. */
  get faults() {
    return this.#current.map(({ name, pool }) => ({ name, label: pool.label, faults: this.#configurationOf(name).faults.settings }));
  }

  /** Replaces the injected faults of the configurations that have this name or label. Returns how many there are. */
  setFaults(nameOrLabel, settings) {
    const found = this.#current.filter(({ name, pool }) => name === nameOrLabel || pool.label === nameOrLabel);
    for (const { name } of found) {
      const hasOtherState = this.#configurationOf(name).faults.change(settings);
      for (const entry of this.#pools.values()) if (entry.name === name) entry.pool.changeFaults(hasOtherState);
    }
    return found.length;
  }

  get #current() {
    return [...this.#pools.values()].filter(({ retirement }) => !retirement);
  }

  #configurationOf(name) {
    const found = this.#configurations.get(name) ?? { cache: new Cache(this.#memory), journal: new Journal(), faults: new Faults() };
    this.#configurations.set(name, found);
    return found;
  }

  async #open(key, name, origin) {
    const password = randomBytes(32).toString("base64url");
    const onRejection = ({ text, hint }) => console.log(`${new Date().toISOString()} warning: ${pool.label}: ${text} ${hint}`);
    const pool = new Pool(origin, this.#limits, this.#configurationOf(name), onRejection);
    const { user, database } = origin;
    const listener = new Listener(pool, { user, database, password }, LOGIN_MILLISECONDS);
    const port = await listener.open();
    const url = `postgres://${encodeURIComponent(user)}:${password}@${HOST}:${port}/${encodeURIComponent(database)}?sslmode=disable`;
    const entry = { name, pool, listener, url };
    this.#pools.set(key, entry);
    return entry;
  }

  #close(key, { pool, listener, retirement }) {
    clearTimeout(retirement);
    this.#pools.delete(key);
    listener.close();
    pool.close();
  }
}

function keyOf(name, { password, connections, label, caching, ...target }) {
  return JSON.stringify([name, target]);
}
