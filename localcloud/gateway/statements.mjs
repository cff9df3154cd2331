/**
 * Prepared statements of clients on shared server connections.
 *
 * Each client has its own names. On the servers, a statement has one name for all clients of a pool, and each server
 * connection prepares it when it is first needed there.
 */
import { closeStatement, parse } from "./messages.mjs";

const KNOWN_STATEMENTS = 5_000;
/** Prepared statements of a server connection; the one that was not used for the longest time is closed first. */
const PREPARED_STATEMENTS = 200;

/** A statement: its text and the bytes of its parameter types. `name` is its name on the servers. */
export class Statements {
  #known = new Map();
  #next = 1;

  /** Returns the statement with this SQL and these types, the same one each time. */
  find(text, types) {
    const key = `${types.toString("latin1")}\0${text}`;
    const statement = this.#known.get(key) ?? { name: `gateway_${this.#next++}`, text, types };
    this.#known.delete(key);
    this.#known.set(key, statement);
    if (this.#known.size > KNOWN_STATEMENTS) this.#known.delete(this.#known.keys().next().value);
    return statement;
  }
}

/** The statements that one server connection has prepared. */
export class Prepared {
  #confirmed = new Set();
  /** Statements whose `Parse` is under way, with the number of their segment. A `Sync` ends a segment. */
  #pending = new Map();
  #unnamed;
  #segment = 0;

  endSegment() {
    this.#segment += 1;
  }

  /** A simple query deletes the unnamed statement. */
  forgetUnnamed() {
    this.#unnamed = undefined;
  }

  /** Forgets a statement, so that it is prepared again before its next use. */
  forget(statement) {
    this.#confirmed.delete(statement);
  }

  /** Whether the next message of this segment can use the statement. */
  has(statement) {
    return this.#confirmed.has(statement) || this.#pending.get(statement) === this.#segment;
  }

  hasUnnamed(statement) {
    const unnamed = this.#unnamed;
    return unnamed?.statement === statement && (unnamed.isConfirmed || unnamed.segment === this.#segment);
  }

  /** Notes that the `Parse` of an unnamed statement was sent. Returns the callbacks for its response. */
  expectUnnamed(statement) {
    const sent = { statement, segment: this.#segment, isConfirmed: false };
    this.#unnamed = sent;
    return {
      onDone: () => {
        sent.isConfirmed = true;
      },
    };
  }

  /**
   * Returns the messages that prepare a statement, each with its expected response. `Close` is not an error for a
   * statement that does not exist.
   */
  prepare(statement, response) {
    const oldest = this.#confirmed.size >= PREPARED_STATEMENTS ? [...this.#confirmed][0] : undefined;
    if (oldest) this.#confirmed.delete(oldest);
    this.#pending.set(statement, this.#segment);
    const closing = [oldest, statement].filter(Boolean).map((each) => ({
      bytes: closeStatement(each.name),
      response: { kind: "close", hidden: true, onDone: () => this.#confirmed.delete(each) },
    }));
    const segment = this.#segment;
    const done = (isConfirmed) => {
      if (this.#pending.get(statement) === segment) this.#pending.delete(statement);
      if (isConfirmed) this.#confirmed.add(statement);
    };
    const parsed = {
      ...response,
      kind: "parse",
      onDone: () => {
        done(true);
        response.onDone?.();
      },
      onFailed: () => {
        done(false);
        response.onFailed?.();
      },
    };
    return [...closing, { bytes: parse(statement.name, statement.text, statement.types), response: parsed }];
  }

  /** Notes the use of a statement, so that others are closed first. */
  use(statement) {
    if (this.#confirmed.delete(statement)) this.#confirmed.add(statement);
  }
}
