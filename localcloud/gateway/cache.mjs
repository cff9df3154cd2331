/** The query caches of all Hyperdrive configurations, in a bounded memory. */

/** Hyperdrive's largest cached result: https://developers.cloudflare.com/hyperdrive/platform/limits/ (November 2026) */
export const LARGEST_RESULT_BYTES = 50 * 1024 * 1024;
/** All stored results together. The one that was not used for the longest time is removed first. */
const LARGEST_TOTAL_BYTES = 256 * 1024 * 1024;
/** All results together that arrive at the moment and may be stored. */
const LARGEST_ARRIVING_BYTES = 256 * 1024 * 1024;
/** Estimated memory of an entry without its request and its result. */
const ENTRY_BYTES = 1_024;
const DISABLED = { disabled: true, maxAge: 0, staleWhileRevalidate: 0 };

/** The memory that all caches share. */
export class Memory {
  #entries = new Set();
  #size = 0;
  #arriving = 0;

  /** Notes the use of an entry, or adds it. */
  use(entry) {
    if (!this.#entries.delete(entry)) this.#size += entry.size;
    this.#entries.add(entry);
    while (this.#size > LARGEST_TOTAL_BYTES) this.remove(this.#entries.values().next().value);
  }

  remove(entry) {
    if (!this.#entries.delete(entry)) return;
    this.#size -= entry.size;
    entry.onRemoved();
  }

  /** Reserves memory for a part of a result. Returns false if there is too little. */
  reserve(bytes) {
    if (this.#arriving + bytes > LARGEST_ARRIVING_BYTES) return false;
    this.#arriving += bytes;
    return true;
  }

  free(bytes) {
    this.#arriving -= bytes;
  }
}

/** The cache of one configuration. It keeps its entries when the settings or the database of the configuration change. */
export class Cache {
  memory;
  #entries = new Map();
  #settings = DISABLED;
  #isClosed = false;

  constructor(memory) {
    this.memory = memory;
  }

  /** `settings` are `disabled`, and in seconds `maxAge` and `staleWhileRevalidate`. */
  change(settings = DISABLED) {
    this.#settings = settings;
  }

  get isEnabled() {
    return !this.#settings.disabled && !this.#isClosed;
  }

  /**
   * Returns the stored result for a key, or undefined if there is none that fits. `isStale` means that the caller has to
   * refresh it. Only the first caller gets it until `endRefresh`.
   */
  find(key, fits) {
    const entry = this.#entries.get(key);
    if (!entry || !fits(entry.result)) return undefined;
    const age = (performance.now() - entry.requestedAt) / 1_000;
    const { maxAge, staleWhileRevalidate } = this.#settings;
    if (age >= maxAge + staleWhileRevalidate) return undefined;
    this.memory.use(entry);
    const isStale = age >= maxAge && !entry.isRefreshing;
    if (isStale) entry.isRefreshing = true;
    return { result: entry.result, isStale };
  }

  /** The refresh of an entry has ended. After a failure, a later caller of `find` refreshes it. */
  endRefresh(key) {
    const entry = this.#entries.get(key);
    if (entry) entry.isRefreshing = false;
  }

  /** Stores a complete result, unless a result of a later request is stored. `requestedAt` is in milliseconds. */
  store(key, result, requestedAt) {
    const previous = this.#entries.get(key);
    if (!this.isEnabled || previous?.requestedAt > requestedAt) return;
    if (previous) this.memory.remove(previous);
    const entry = { result, requestedAt, size: result.size + ENTRY_BYTES, isRefreshing: false };
    entry.onRemoved = () => this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.memory.use(entry);
  }

  /** The configuration is deleted. */
  close() {
    this.#isClosed = true;
    for (const entry of [...this.#entries.values()]) this.memory.remove(entry);
  }
}
