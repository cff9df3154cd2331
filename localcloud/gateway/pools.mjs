/** All pools of the gateway. A pool belongs to a Hyperdrive configuration and to one target. */
import { randomBytes } from "node:crypto";

import { Cache, Memory } from "./cache.mjs";
import { Listener } from "./listener.mjs";
import { Pool } from "./pool.mjs";

const HOST = "127.0.0.1";
const LOGIN_MILLISECONDS = 60_000;

export class Pools {
  #pools = new Map();
  /** The cache of each configuration, by name. All pools that the configuration has in turn use it. */
  #caches = new Map();
  #memory = new Memory();
  #limits;
  #retirementMilliseconds;

  /** `limits` has `waitMilliseconds` and `idleMilliseconds`. A pool that is not needed closes after the retirement. */
  constructor({ retirementMilliseconds, ...limits }) {
    this.#limits = limits;
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
      const cache = this.#cacheOf(name);
      cache.change(origin.caching);
      entry.pool.change(origin, cache);
      urls[name] = entry.url;
    }
    return urls;
  }

  /** Drains all other pools, and closes them after the time in which a Worker may still use them. Deletes their caches. */
  retireOthers(origins) {
    for (const [name, cache] of this.#caches) {
      if (origins[name]) continue;
      cache.close();
      this.#caches.delete(name);
    }
    const kept = new Set(Object.entries(origins).map(([name, origin]) => keyOf(name, origin)));
    for (const [key, entry] of this.#pools) {
      if (kept.has(key) || entry.retirement) continue;
      entry.pool.drain();
      entry.retirement = setTimeout(() => this.#close(key, entry), this.#retirementMilliseconds);
    }
  }

  close() {
    for (const [key, entry] of this.#pools) this.#close(key, entry);
  }

  /** The figures of each pool that is in use. */
  get figures() {
    const current = [...this.#pools.values()].filter(({ retirement }) => !retirement);
    return current.map(({ name, pool, listener }) => ({ name, clients: listener.clients, ...pool.figures, queries: pool.cache.counts }));
  }

  #cacheOf(name) {
    const cache = this.#caches.get(name) ?? new Cache(this.#memory);
    this.#caches.set(name, cache);
    return cache;
  }

  async #open(key, name, origin) {
    const password = randomBytes(32).toString("base64url");
    const onRejection = ({ text, hint }) => console.log(`${new Date().toISOString()} warning: ${pool.label}: ${text} ${hint}`);
    const pool = new Pool(origin, this.#limits, this.#cacheOf(name), onRejection);
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
