/** The queries of one Hyperdrive configuration, without their statements and values: the newest ones, and sums over time. */
import { HYPERDRIVE_STATE } from "./messages.mjs";
import { Series } from "./series.mjs";

const MOST_ENTRIES = 1_000;

/** A query, from its arrival to its end. */
export class Query {
  rows = 0;
  resultBytes = 0;
  #journal;
  #queryBytes;
  #cacheStatus;
  #startedAt = performance.now();
  #sentAt;
  #openingMs;
  #endedAt;
  #failure;
  #rejection;

  constructor(journal, queryBytes) {
    this.#journal = journal;
    this.#queryBytes = queryBytes;
  }

  /** Sets Hyperdrive's value of `cacheStatus`. For a cacheable query, it is known at the end only. */
  classify(cacheStatus) {
    if (this.#cacheStatus) return;
    this.#cacheStatus = cacheStatus;
    this.#journal.count(cacheStatus);
    this.#write();
  }

  /** The query was sent to the database. The first query on a connection has the duration of its opening. */
  sent(connection) {
    if (this.#sentAt !== undefined) return;
    this.#sentAt = performance.now();
    this.#openingMs = connection.openingMilliseconds;
    connection.openingMilliseconds = undefined;
  }

  /** Counts a message of the response. */
  received(type, length) {
    if (type === "D" || type === "d") this.rows += 1;
    this.resultBytes += length;
  }

  /** The gateway rejects the statement: `text` and `hint` are its own. */
  reject(rejection) {
    this.#rejection = rejection;
  }

  /** The query has ended. `failure` has the SQLSTATE in `code`, and in `problem` a message of the gateway. */
  end(failure) {
    if (this.#endedAt !== undefined) return;
    this.#endedAt = performance.now();
    this.#failure = this.#rejection ? { code: HYPERDRIVE_STATE, problem: this.#rejection.text, fix: this.#rejection.hint } : failure;
    this.#write();
  }

  #write() {
    if (!this.#cacheStatus || this.#endedAt === undefined) return;
    const sentAt = this.#rejection ? undefined : this.#sentAt;
    this.#journal.add({
      cacheStatus: this.#cacheStatus,
      eventStatus: this.#failure ? "error" : "complete",
      ms: this.#endedAt - this.#startedAt,
      databaseMs: sentAt === undefined ? undefined : this.#endedAt - sentAt,
      openingMs: this.#openingMs,
      rows: this.rows,
      queryBytes: this.#queryBytes,
      resultBytes: this.resultBytes,
      ...this.#failure,
    });
  }
}

export class Journal {
  /** Intervals of 5 seconds for 15 minutes. */
  recent = new Series(5, 180);
  /** Intervals of a minute for 24 hours. */
  day = new Series(60, 1_440);
  #counts = new Map();
  #entries = [];

  /** The number of queries by Hyperdrive's value of `cacheStatus`. */
  get counts() {
    return Object.fromEntries(this.#counts);
  }

  /** The newest queries, oldest first. */
  get entries() {
    return this.#entries.map((entry) => ({ ...entry, at: new Date(entry.at).toISOString(), ms: Math.round(10 * entry.ms) / 10 }));
  }

  /** Begins a query. Without a status, `classify` has to be called. */
  begin(queryBytes, cacheStatus) {
    const query = new Query(this, queryBytes);
    if (cacheStatus) query.classify(cacheStatus);
    return query;
  }

  count(cacheStatus) {
    this.#counts.set(cacheStatus, (this.#counts.get(cacheStatus) ?? 0) + 1);
  }

  /** Adds a query that has ended. */
  add(query) {
    this.recent.addQuery(query);
    this.day.addQuery(query);
    this.#keep(query);
  }

  /** Adds a client that got no connection, or a statement that was rejected without being run. It is not a query. */
  addFailure(failure) {
    this.#keep({ cacheStatus: null, eventStatus: "error", ms: 0, rows: 0, queryBytes: 0, resultBytes: 0, ...failure });
  }

  addSample(figures, peaks) {
    this.recent.addSample(figures, peaks);
    this.day.addSample(figures, peaks);
  }

  #keep({ databaseMs, openingMs, ...entry }) {
    this.#entries.push({ at: Date.now(), ...entry });
    if (this.#entries.length > MOST_ENTRIES) this.#entries.shift();
  }
}
