/** A connection to the database. At most one client uses it at a time. */
import { Delays } from "./delays.mjs";
import { Framer, Output, ProtocolError } from "./framing.mjs";
import { Handover } from "./handover.mjs";
import { COPY_FAIL, errorFields, errorResponse, HYPERDRIVE_STATE, isFatal, query, RESET, SYNC, TERMINATE } from "./messages.mjs";
import { Responses } from "./responses.mjs";
import { Prepared } from "./statements.mjs";

const CLOSE_TIMEOUT_MILLISECONDS = 5_000;
/** `Error` and messages about the state of the connection are read as a whole. All others pass through. */
const READ_WHOLE = ["E", "S", "Z", "N"];
/** The function of Postgres that reports that a prepared statement has to be prepared again. */
const STALE_PLAN = "RevalidateCachedQuery";

/** `onRelease(connection)` and `onClose(connection)` report that the connection is free, and that it is closed. */
export class ServerConnection {
  prepared = new Prepared();
  parameters;
  key;
  usedAt = performance.now();
  #socket;
  #events;
  #client;
  #output;
  #status = "I";
  #framer = new Framer(this);
  #responses = new Responses((bytes) => this.#client?.output.add(bytes));
  #isRestHidden = false;
  #isCopyingIn = false;
  #isClosing = false;
  #isAbandoned = false;
  #isLost = false;
  /** How long it took to open the connection, until its first query. */
  openingMilliseconds;
  #faults;
  delays;
  /** Whether it is closed as soon as no client uses it. */
  isOutdated = false;
  #handover = new Handover(() => this.#clean(RESET));

  /** `faults` is the fault injection of the configuration. */
  constructor({ socket, parameters, key, milliseconds }, faults, events) {
    this.#faults = faults;
    this.delays = new Delays(faults);
    this.openingMilliseconds = milliseconds;
    this.#socket = socket;
    this.#output = new Output(socket);
    this.#events = events;
    this.parameters = parameters;
    this.key = key;
    socket.on("data", (chunk) => this.delays.receive(() => this.#receive(chunk)));
    socket.on("drain", () => this.#client?.resume());
    socket.on("error", () => {});
    socket.once("close", () => this.delays.receive(() => this.#closed()));
    socket.resume();
  }

  /** Whether the server works for the client. */
  get isBusy() {
    return this.#responses.isVisible;
  }

  get isClosing() {
    return this.#isClosing;
  }

  /** Whether the last response of the server left a transaction open. */
  get isInTransaction() {
    return this.#status !== "I";
  }

  get isSkipping() {
    return this.#responses.isSkipping;
  }

  /** Gives the connection to a client: `output`, `resume()`, `isInsideBatch`, `release()` and `lose(error)`. */
  attach(client) {
    this.#client = client;
    this.#handover.resetIfDue();
  }

  /** Sends a message, or a part of one, with the response that it causes. */
  send(bytes, response) {
    if (response) this.#responses.expect(response);
    if (bytes) this.#output.add(bytes);
  }

  /** Sends a message unless the server would skip it, because an earlier message of the batch failed. */
  sendUnlessSkipped(bytes, response) {
    this.#responses.expect(response);
    if (!this.isSkipping) this.#output.add(bytes);
  }

  /** `query` is the query of the batch, if it has one. */
  sync(query) {
    if (this.#isCopyingIn) return;
    this.prepared.endSegment();
    this.send(SYNC, { kind: "sync", query });
  }

  copyEnds(bytes) {
    if (!this.#isCopyingIn) this.send(undefined, { kind: "made", isCopyEnd: true });
    this.#isCopyingIn = false;
    this.#output.add(bytes);
  }

  /** Writes what was sent. Returns false if the client must wait for `resume`. */
  flush() {
    return this.delays.flush(this.#output, () => this.#client?.resume());
  }

  pause() {
    this.#socket.pause();
  }

  resume() {
    this.#socket.resume();
  }

  /** Keeps the connection from other clients until a request to cancel its query has reached the server. */
  cancelWith(cancelling) {
    this.#handover.cancelWith(cancelling).then(() => this.#releaseIfFree());
  }

  /** The client has disconnected: ends what it began, and frees the connection afterwards. */
  abandon({ isInsideMessage, isInsideBatch }) {
    this.#isAbandoned = true;
    this.#client = undefined;
    this.#socket.resume();
    if (isInsideMessage) {
      this.close();
      return;
    }
    this.#responses.hideAll();
    if (this.#isCopyingIn) this.copyEnds(COPY_FAIL);
    if (isInsideBatch || this.isSkipping) this.sync();
    this.#responses.hideAll();
    this.#output.flush();
    this.#releaseIfFree();
  }

  /** Loses the connection. `error` is the message that arrives before, or undefined. */
  lose(error) {
    if (error) this.#end(error);
    this.#isLost = true;
    this.#isRestHidden = true;
    this.#socket.destroy();
  }

  /** Ends the session at the server, and waits until the server has closed the connection. */
  close() {
    this.#handover.omitReset();
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#socket.end(TERMINATE);
    setTimeout(() => this.#socket.destroy(), CLOSE_TIMEOUT_MILLISECONDS).unref();
  }

  headOf(type, length) {
    return READ_WHOLE.includes(type) ? length : 5;
  }

  message(type, head, length) {
    if (this.#responses.head?.query?.resultBytes === 0 && this.#faults.losesResponse()) this.lose();
    if (this.#isLost) return;
    const fields = type === "E" ? errorFields(head) : undefined;
    if (fields && isFatal(fields)) return this.#end(head, fields.C);
    if (fields?.R === STALE_PLAN) this.prepared.forget(this.#responses.head?.statement);
    const isAsynchronous = type === "N" || type === "S" || type === "A";
    this.#responses.hold();
    if (type === "Z") this.#status = String.fromCharCode(head[5]);
    const { isHidden, rejection } = isAsynchronous
      ? { isHidden: this.#responses.head?.hidden ?? false }
      : this.#responses.receive(type, length, fields?.C);
    if (type === "G") this.#isCopyingIn = !this.#responses.ignoreUntilCopyEnd();
    if (type === "E") this.#isCopyingIn = false;
    this.#isRestHidden = isHidden || !this.#client;
    if (!this.#isRestHidden) this.#client.output.add(rejection ?? head);
    if (head.length === length) this.#responses.settle();
    if (type === "Z") this.#releaseIfFree();
  }

  rest(bytes, isLast) {
    if (!this.#isRestHidden) this.#client?.output.add(bytes);
    if (isLast) this.#responses.settle();
  }

  #receive(chunk) {
    const client = this.#client;
    try {
      this.#framer.push(chunk);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#socket.destroy();
    }
    client?.flush(this);
  }

  #releaseIfFree() {
    if (this.#isClosing || !this.#responses.isEmpty || this.isSkipping || this.#handover.isCancelling) return;
    if (this.#client?.isInsideBatch) return;
    if (this.#status !== "I") {
      if (this.#isAbandoned) this.#clean(query("ROLLBACK"));
      this.#output.flush();
      return;
    }
    if (!this.#client && !this.#isAbandoned) return;
    this.#client?.release();
    this.#client = undefined;
    this.#socket.resume(); // delayed messages arrive after a slow client has paused it
    this.prepared.forgetUnnamed();
    // A request to cancel can still be on its way inside the server. It must not reach the next client's query.
    this.#isAbandoned = this.#handover.takeWasCancelled();
    if (this.#isAbandoned) {
      this.#clean(RESET);
      this.#output.flush();
      return;
    }
    this.#handover.resetSoon(() => this.#output.flush());
    this.usedAt = performance.now();
    this.#events.onRelease(this);
  }

  /** Sends a statement of the gateway. The next client's messages follow it without waiting for the response. */
  #clean(bytes) {
    this.send(bytes, { kind: "query", hidden: true, onFailed: () => this.close() });
  }

  /** The server ends the connection. */
  #end(error, code = errorFields(error).C) {
    this.#isRestHidden = true;
    this.#isClosing = true;
    this.#responses.abort({ code });
    this.#client?.lose(error);
    this.#client = undefined;
    this.#socket.end();
  }

  #closed() {
    this.#handover.omitReset();
    this.#isClosing = true;
    this.#responses.abort({ code: HYPERDRIVE_STATE, problem: "The connection to the database was lost." });
    this.#client?.lose(errorResponse({ severity: "FATAL", text: "Internal error." }));
    this.#client = undefined;
    this.#events.onClose(this);
  }
}
