/** Answers the reads of one client from the cache of its configuration, and stores the results of the others. */
import { reasonNotToCache } from "./cacheable.mjs";
import { readString } from "./framing.mjs";
import { BIND_COMPLETE, PARSE_COMPLETE, readyForQuery } from "./messages.mjs";
import { keyOfRead, readGroup } from "./reads.mjs";
import { DescriptionRecording, Recording } from "./recording.mjs";
import { refresh } from "./refresh.mjs";

/** Messages of a read before `Sync`. They are held until it is known whether a server connection is needed. */
const HELD = "PBDE";
const MOST_HELD = 5;

export class CachedReads {
  #pool;
  #extended;
  #output;
  #pass;
  #held = [];
  /** The size of a `Parse` whose `Bind` has not arrived. */
  #parsedBytes = 0;
  /** Whether the current batch has only described a statement, so that a read can follow. */
  #isDescribed = false;
  /** The descriptions that the client has received, by the names of its statements. */
  #descriptions = new Map();

  /** `pass(events)` handles messages for which a server connection is needed. */
  constructor(pool, extended, output, pass) {
    this.#pool = pool;
    this.#extended = extended;
    this.#output = output;
    this.#pass = (events) => pass(events.map((event) => ({ ...event, isPassed: true })));
  }

  get #cache() {
    return this.#pool.cache;
  }

  get #journal() {
    return this.#pool.journal;
  }

  /** The status of a query that is not examined. */
  get uncachedStatus() {
    return this.#cache.isEnabled ? "uncacheable" : "disabled";
  }

  /** Takes a message over. Returns false for one that the client has to handle. `connection` is its server connection. */
  take(event, connection) {
    if (event.isPassed) return false;
    if (!connection) this.#isDescribed = false;
    const isHeld = this.#held.length > 0;
    if (!isHeld && !this.#isPossible(connection)) return this.#countPassed(event, connection);
    const { type, head, length } = event;
    const isWhole = head.length === length;
    if (HELD.includes(type) && isWhole && this.#held.length < MOST_HELD) {
      this.#held.push(event);
      return true;
    }
    const events = [...this.#held, event];
    this.#held = [];
    const wasDescribed = this.#isDescribed;
    this.#isDescribed = false;
    if ((type === "S" || type === "H") && isHeld) this.#decide(events, wasDescribed ? connection : undefined);
    else if (type === "Q" && !isHeld) return this.#simple(event);
    else if (!isHeld && isWhole) return this.#countPassed(event, connection);
    else this.#passUncached(events, isWhole ? "uncacheable" : "oversizedquery");
    return true;
  }

  /** Outside of a transaction, and after the responses to all earlier messages. */
  #isPossible(connection) {
    return this.#cache.isEnabled && (!connection || (this.#isDescribed && !connection.isInTransaction));
  }

  /** Counts a query once, also if the client handles it again after it has waited for a connection. */
  #countPassed(event, connection) {
    const { type, length } = event;
    event.isPassed = true;
    const status = this.#cache.isEnabled && connection?.isInTransaction ? "transaction" : this.uncachedStatus;
    if (type === "P") this.#parsedBytes = length;
    if (type !== "Q" && type !== "B") return false;
    event.query = this.#journal.begin(length + this.#parsedBytes, status);
    this.#parsedBytes = 0;
    return false;
  }

  #passUncached(events, status) {
    for (const event of events) if (event.type === "B") event.query = this.#journal.begin(sizeOf(events), status);
    this.#pass(events);
  }

  #decide(events, connection) {
    const find = (text, types) => this.#pool.statements.find(text, types);
    const group = readGroup(events, (name) => this.#extended.statement(name), find);
    // A client that does not wait for a description can send the read while the description is still arriving.
    const isDescribing = this.#output.recording !== undefined;
    if (!group || isDescribing || this.#isNameTaken(group)) this.#passUncached(events, "uncacheable");
    else if (group.values) this.#read(events, group, connection);
    else this.#describe(events, group);
  }

  #isNameTaken({ name, isParsed }) {
    return isParsed && name !== "" && this.#extended.statement(name) !== undefined;
  }

  #describe(events, { name, statement }) {
    this.#output.recording = new DescriptionRecording((bytes) => {
      this.#output.recording = undefined;
      if (bytes) this.#descriptions.set(name, { statement, bytes });
    });
    this.#pass(events);
    this.#isDescribed = events.at(-1).type === "H";
  }

  #read(events, group, connection) {
    const { name, statement, needs, values } = group;
    const described = this.#descriptions.get(name);
    const known = described?.statement === statement ? described.bytes : undefined;
    // Without `prepare: true`, Postgres.js describes the unnamed statement, and Hyperdrive does not cache it.
    const isUnknown = needs.length === 0 && (name === "" || !known);
    const isUnnamed = name === "" && needs.includes("statement");
    const reason = isUnknown || isUnnamed ? "uncacheable" : reasonNotToCache(statement.text);
    if (reason) return this.#passUncached(events, reason);
    const request = { statement, values };
    const key = keyOfRead(statement, values);
    // A result must have the columns that the client knows from an earlier description.
    const fits = (result) => needs.every((part) => result[part]) && (needs.length > 0 || known.equals(result.statement ?? Buffer.alloc(0)));
    const result = this.#find(key, request, fits, sizeOf(events));
    if (!result) return this.#record(key, events, needs.length === 0 ? known : undefined);
    if (group.isParsed) this.#extended.learn(name, statement);
    if (result.statement && needs.includes("statement")) this.#descriptions.set(name, { statement, bytes: result.statement });
    this.#answer(answerOf(group, result), connection);
    if (connection) this.#pass([events.at(-1)]);
    else this.#output.add(readyForQuery("I"));
  }

  #simple(event) {
    const { text } = readString(event.head, 5);
    const reason = reasonNotToCache(text);
    if (reason) {
      event.query = this.#journal.begin(event.length, reason);
      this.#pass([event]);
      return true;
    }
    const key = keyOfRead({ text });
    const result = this.#find(key, { text }, ({ portal }) => portal, event.length);
    if (!result) {
      this.#record(key, [event]);
      return true;
    }
    this.#extended.forgetUnnamed();
    this.#answer([result.portal, result.rows]);
    this.#output.add(readyForQuery("I"));
    return true;
  }

  #find(key, request, fits, queryBytes) {
    const found = this.#cache.find(key, fits);
    if (!found) return undefined;
    const { rowCount: rows, size: resultBytes } = found.result;
    Object.assign(this.#journal.begin(queryBytes, "hit"), { rows, resultBytes }).end();
    if (found.isStale) refresh(this.#pool, key, request);
    return found.result;
  }

  #answer(parts, connection) {
    if (connection) connection.send(undefined, { kind: "made", bytes: Buffer.concat(parts) });
    else for (const bytes of parts) this.#output.add(bytes);
  }

  /** `statement` is the description that the client received before the read. */
  #record(key, events, statement) {
    const requestedAt = performance.now();
    const cache = this.#cache;
    const query = this.#journal.begin(sizeOf(events));
    for (const event of events) if (event.type === "Q" || event.type === "B") event.query = query;
    this.#output.recording = new Recording(cache.memory, (reason, result) => {
      this.#output.recording = undefined;
      query.classify(reason === "oversized" ? "oversizedresult" : "miss");
      if (result) cache.store(key, statement ? { ...result, statement } : result, requestedAt);
    });
    this.#pass(events);
  }

  /** The client has disconnected. */
  end() {
    this.#output.recording?.end?.("failed");
    this.#output.recording = undefined;
  }
}

function sizeOf(events) {
  return events.reduce((sum, { length }) => sum + length, 0);
}

function answerOf({ isParsed, needs }, result) {
  return [
    ...(isParsed ? [PARSE_COMPLETE] : []),
    ...(needs.includes("statement") ? [result.statement] : []),
    BIND_COMPLETE,
    ...(needs.includes("portal") ? [result.portal] : []),
    result.rows,
  ];
}
