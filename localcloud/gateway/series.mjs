/** Figures of one Hyperdrive configuration over time, in intervals of the same length. The oldest ones are removed. */

const POOL_FIGURES = ["inUse", "waiting", "open", "available"];

export class Series {
  #seconds;
  #most;
  #intervals = [];

  /** `seconds` is the length of an interval, and `most` the number of intervals that are kept. */
  constructor(seconds, most) {
    this.#seconds = seconds;
    this.#most = most;
  }

  /** Adds a query, which is an entry of the journal. */
  addQuery({ cacheStatus, eventStatus, queryBytes, resultBytes, databaseMs, openingMs }) {
    const { queries } = this.#current();
    const key = `${cacheStatus} ${eventStatus}`;
    const sum = queries.get(key) ?? { cacheStatus, eventStatus, count: 0, queryBytes: 0, resultBytes: 0, sent: 0, databaseMs: 0, opened: 0, openingMs: 0 };
    queries.set(key, sum);
    sum.count += 1;
    sum.queryBytes += queryBytes;
    sum.resultBytes += resultBytes;
    sum.sent += databaseMs === undefined ? 0 : 1;
    sum.databaseMs += databaseMs ?? 0;
    sum.opened += openingMs === undefined ? 0 : 1;
    sum.openingMs += openingMs ?? 0;
  }

  /** Adds the figures of the pool at this moment. `peaks` are the largest ones since the last call. */
  addSample(figures, peaks) {
    const interval = this.#current();
    const pool = (interval.pool ??= { samples: 0, limit: 0, sums: {}, peaks: {} });
    pool.samples += 1;
    pool.limit = Math.max(pool.limit, figures.limit);
    for (const name of POOL_FIGURES) {
      pool.sums[name] = (pool.sums[name] ?? 0) + figures[name];
      pool.peaks[name] = Math.max(pool.peaks[name] ?? 0, figures[name], peaks[name] ?? 0);
    }
  }

  /** The intervals that have queries or samples, oldest first. `at` is the start of the interval. */
  get content() {
    this.#current();
    const known = this.#intervals.filter(({ pool, queries }) => pool || queries.size > 0);
    return known.map(({ at, queries, pool }) => ({ at: new Date(at).toISOString(), queries: [...queries.values()], pool: pool ?? null }));
  }

  #current() {
    const length = 1_000 * this.#seconds;
    const at = Math.floor(Date.now() / length) * length;
    if (this.#intervals.at(-1)?.at !== at) this.#intervals.push({ at, queries: new Map(), pool: undefined });
    const oldest = at - length * (this.#most - 1);
    while (this.#intervals[0].at < oldest) this.#intervals.shift();
    return this.#intervals.at(-1);
  }
}
