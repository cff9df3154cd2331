/** The extended query protocol of one client: it replaces the client's names of prepared statements by the pool's. */
import { ProtocolError, readString } from "./framing.mjs";
import { CLOSE_COMPLETE, errorResponse, INVALID, parse } from "./messages.mjs";

const STATEMENT = "S".charCodeAt(0);

export class ExtendedQuery {
  #names = new Map();
  #known;
  #rejectionFor;

  /** `known` has the statements of the pool. `rejectionFor(text)` returns an `ErrorResponse`, or undefined. */
  constructor(known, rejectionFor) {
    this.#known = known;
    this.#rejectionFor = rejectionFor;
  }

  /** A simple query deletes the unnamed statement. */
  forgetUnnamed() {
    this.#names.delete("");
  }

  /** Returns the statement that has this name, or undefined. */
  statement(name) {
    return this.#names.get(name);
  }

  /** Notes a `Parse` that needs no server connection, because the server accepted the same statement before. */
  learn(name, statement) {
    this.#names.set(name, statement);
  }

  /** Closes a statement without a server connection. */
  close(head) {
    if (head[5] === STATEMENT) this.#names.delete(readString(head, 6).text);
  }

  /** Sends a message. Returns whether the server expects the rest of a message whose head was sent. */
  send(connection, { type, head, length, query }) {
    switch (type) {
      case "P":
        this.#parse(connection, head);
        return false;
      case "B":
        return this.#bind(connection, head, length, query);
      case "D":
        return head[5] === STATEMENT ? this.#describe(connection, head) : pass(connection, head, { kind: "describe" });
      case "C":
        return head[5] === STATEMENT ? this.#close(connection, head) : pass(connection, head, { kind: "close" });
      case "E":
        return pass(connection, head, { kind: "execute", query });
      default:
        throw new ProtocolError("invalid message type");
    }
  }

  #parse(connection, head) {
    const { text: name, end } = readString(head, 5);
    const { text, end: types } = readString(head, end);
    const rejection = this.#rejectionFor(text) ?? this.#nameTaken(name);
    if (rejection) {
      connection.sendUnlessSkipped(parse("", INVALID), { kind: "parse", rejection });
      return;
    }
    const statement = this.#known.find(text, Buffer.from(head.subarray(types)));
    this.#names.set(name, statement);
    const onFailed = () => {
      if (this.#names.get(name) === statement) this.#names.delete(name);
    };
    if (name === "") parseUnnamed(connection, statement, { onFailed });
    // Also if another client has prepared it, because its table can have changed since.
    else prepare(connection, statement, { onFailed });
  }

  #nameTaken(name) {
    if (name === "" || !this.#names.has(name)) return undefined;
    return errorResponse({ code: "42P05", text: `prepared statement "${name}" already exists` });
  }

  #bind(connection, head, length, query) {
    const { end: start } = readString(head, 5);
    const { text: name, end } = readString(head, start);
    const statement = this.#names.get(name);
    if (!statement || connection.isSkipping) return pass(connection, head, { kind: "bind", query });
    ensurePrepared(connection, name, statement);
    const renamed = name === "" ? head : withName(head, start, end, statement.name, length);
    return pass(connection, renamed, { kind: "bind", statement, query });
  }

  #describe(connection, head) {
    const { text: name, end } = readString(head, 6);
    const statement = this.#names.get(name);
    if (!statement || connection.isSkipping) return pass(connection, head, { kind: "describe" });
    ensurePrepared(connection, name, statement);
    const renamed = name === "" ? head : withName(head, 6, end, statement.name, head.length);
    return pass(connection, renamed, { kind: "describe", statement });
  }

  #close(connection, head) {
    if (!connection.isSkipping) this.#names.delete(readString(head, 6).text);
    connection.send(undefined, { kind: "made", bytes: CLOSE_COMPLETE });
    return false;
  }
}

function pass(connection, bytes, response) {
  const isSent = !connection.isSkipping;
  connection.sendUnlessSkipped(bytes, response);
  return isSent;
}

/** Prepares a statement on this server connection, unless it has been prepared there. */
function ensurePrepared(connection, name, statement) {
  const { prepared } = connection;
  if (name === "" && !prepared.hasUnnamed(statement)) parseUnnamed(connection, statement, { hidden: true });
  if (name === "") return;
  if (!prepared.has(statement)) prepare(connection, statement, { hidden: true });
  prepared.use(statement);
}

function parseUnnamed(connection, statement, response) {
  if (connection.isSkipping) {
    response.onFailed?.();
    return;
  }
  const callbacks = connection.prepared.expectUnnamed(statement);
  connection.send(parse("", statement.text, statement.types), { kind: "parse", ...callbacks, ...response });
}

function prepare(connection, statement, response) {
  if (connection.isSkipping) {
    response.onFailed?.();
    return;
  }
  for (const sent of connection.prepared.prepare(statement, response)) connection.send(sent.bytes, sent.response);
}

/** Returns the head of a message of this length with another string at `start` to `end`. */
function withName(head, start, end, name, length) {
  const changed = Buffer.concat([head.subarray(0, start), Buffer.from(`${name}\0`), head.subarray(end)]);
  changed.writeUInt32BE(length - 1 + changed.length - head.length, 1);
  return changed;
}
