/** Fault injection for one Hyperdrive configuration: failures of its database, and of the network to it. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { errorResponse } from "./messages.mjs";
import { connectionFailed, openConnection, OriginError } from "./origin.mjs";

/** Round trips of a new connection: https://developers.cloudflare.com/hyperdrive/concepts/connection-lifecycle/ (November 2026) */
const ROUND_TRIPS = 7;
const LARGEST_MILLISECONDS = 60_000;
const NONE = { latencyMs: 0, slowMs: 0, resetRate: 0, limitReached: false, database: null };
/** How a database in each state answers a new connection. The errors are those of Postgres. */
const STATES = {
  down: () => {
    throw connectionFailed("connection_refused");
  },
  full: () => reject("53300", "sorry, too many clients already"),
  restarting: () => reject("57P03", "the database system is starting up"),
  "failing-over": (origin) => ({ ...origin, options: "-c default_transaction_read_only=on" }),
  "wrong-credentials": (origin) => ({ ...origin, password: randomBytes(16).toString("hex") }),
};
/** The error that open connections get before they end. */
const ENDS = { restarting: { severity: "FATAL", code: "57P01", text: "terminating connection due to administrator command" } };
const LOSES = ["down", "failing-over"];

export class Faults {
  #settings = NONE;

  get settings() {
    return this.#settings;
  }

  /** Replaces all injected faults. Throws an `Error` whose `problem` is for people. Returns whether the database has another state. */
  change(settings) {
    const before = this.#settings.database;
    this.#settings = { ...NONE, ...validated(settings) };
    return before !== this.#settings.database;
  }

  /** Milliseconds that a message to the database is delayed. */
  get sendMilliseconds() {
    return this.#settings.latencyMs;
  }

  /** Milliseconds that a message of the database is delayed. */
  get receiveMilliseconds() {
    return this.#settings.latencyMs + this.#settings.slowMs;
  }

  get isLimitReached() {
    return this.#settings.limitReached;
  }

  /** Whether the response that has arrived gets lost with its connection. */
  losesResponse() {
    return this.#settings.resetRate > 0 && Math.random() < this.#settings.resetRate;
  }

  /** Whether open connections are lost without a message in the current state of the database. */
  get losesConnections() {
    return LOSES.includes(this.#settings.database);
  }

  /** The `ErrorResponse` that ends all open connections in the current state of the database, or undefined. */
  get endsConnections() {
    const error = ENDS[this.#settings.database];
    return error && errorResponse(error);
  }

  /** Opens a connection as `openConnection` does, with the injected faults. Throws `OriginError`. */
  async open(origin, timeoutMilliseconds) {
    const delay = 2 * ROUND_TRIPS * this.#settings.latencyMs;
    if (delay > 0) await sleep(Math.min(delay, timeoutMilliseconds));
    if (delay > timeoutMilliseconds) throw connectionFailed("timeout");
    const changed = STATES[this.#settings.database]?.(origin) ?? origin;
    return openConnection(changed, timeoutMilliseconds);
  }
}

function reject(code, text) {
  throw new OriginError("The database rejects the connection.", errorResponse({ severity: "FATAL", code, text }));
}

function validated(settings) {
  const rules = {
    latencyMs: [isDuration, `a number of 0 to ${LARGEST_MILLISECONDS}`],
    slowMs: [isDuration, `a number of 0 to ${LARGEST_MILLISECONDS}`],
    resetRate: [(value) => typeof value === "number" && value >= 0 && value <= 1, "a number of 0 to 1"],
    limitReached: [(value) => typeof value === "boolean", "true or false"],
    database: [(value) => value === null || Object.hasOwn(STATES, value), `null or one of ${Object.keys(STATES).join(", ")}`],
  };
  if (settings === null || typeof settings !== "object" || Array.isArray(settings)) throw invalid("the body must be an object.");
  for (const [name, value] of Object.entries(settings)) {
    if (!Object.hasOwn(rules, name)) throw invalid(`${name}: unknown. Use one of ${Object.keys(rules).join(", ")}.`);
    const [isValid, expected] = rules[name];
    if (!isValid(value)) throw invalid(`${name}: must be ${expected}.`);
  }
  return settings;
}

function isDuration(value) {
  return typeof value === "number" && value >= 0 && value <= LARGEST_MILLISECONDS;
}

function invalid(problem) {
  return Object.assign(new Error(problem), { problem });
}
