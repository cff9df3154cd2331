/** A client's session. It has a server connection during each transaction, or each batch outside of one. */
import { CachedReads } from "./cached_reads.mjs";
import { ClientQueries } from "./client_queries.mjs";
import { ExtendedQuery } from "./extended_query.mjs";
import { Framer, Output, ProtocolError, readString } from "./framing.mjs";
import { CLOSE_COMPLETE, errorResponse, INVALID, query, readyForQuery } from "./messages.mjs";

/** More bytes of a `Bind` are not needed to change the name of its statement. */
const LARGEST_HEAD_BYTES = 16_384;
/** Messages that a server connection is not needed for, if the client has none. */
const WITHOUT_SERVER = ["S", "H", "C", "X", "d", "c", "f"];

/** `pool` provides server connections. `onEnd()` is called once, when the session is over. */
export class Client {
  output;
  #socket;
  #pool;
  #onEnd;
  #framer = new Framer(this);
  #extended;
  #reads;
  #queries;
  #connection;
  #waiting;
  #inbox = [];
  /** Whether an extended query has begun whose `Sync` has not arrived. */
  #isInsideBatch = false;
  /** Whether the rest of a batch is skipped, because no server connection was available. */
  #isSkipping = false;
  #hasEnded = false;
  /** Whether the head of the current message was sent, so that the server expects its rest. */
  #isRestSent = false;

  constructor(socket, pool, onEnd) {
    this.#socket = socket;
    this.#pool = pool;
    this.#onEnd = onEnd;
    this.output = new Output(socket);
    this.#queries = new ClientQueries(pool);
    this.#extended = new ExtendedQuery(pool.statements, (text) => this.#queries.rejection(text));
    this.#reads = new CachedReads(pool, this.#extended, this.output, (events) => this.#handleAll(events));
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("drain", () => (this.#connection ?? this).resume());
    socket.on("end", () => this.#end());
    socket.on("error", () => {});
    socket.once("close", () => this.#end());
    socket.resume();
  }

  get isInsideBatch() {
    return this.#isInsideBatch;
  }

  /** Sends a request to cancel what this client's server connection does, if it has one. */
  cancel() {
    if (this.#connection) this.#pool.cancel(this.#connection);
  }

  resume() {
    if (!this.#waiting) this.#socket.resume();
  }

  /** Writes what the server sent. A slow client slows its server down. */
  flush(connection) {
    if (!this.output.flush() && this.#connection === connection) connection.pause();
  }

  /** The server connection is needed by others. */
  release() {
    this.#connection = undefined;
  }

  /** The server connection has failed. */
  lose(error) {
    this.#connection = undefined;
    this.output.add(error);
    this.output.flush();
    this.#socket.end();
  }

  headOf(type, length) {
    if (type === "B") return Math.min(length, LARGEST_HEAD_BYTES);
    return type === "d" ? 5 : length;
  }

  message(type, head, length) {
    this.#handleAll([{ type, head, length }]);
  }

  rest(bytes) {
    this.#handleAll([{ rest: bytes }]);
  }

  #receive(chunk) {
    this.#untilProtocolError(() => this.#framer.push(chunk));
  }

  #untilProtocolError(act) {
    try {
      act();
      this.#flush();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.output.add(errorResponse({ severity: "FATAL", code: "08P01", text: error.message }));
      this.output.flush();
      this.#end();
    }
  }

  #flush() {
    const isBelowLimit = this.output.flush();
    if (this.#connection ? !this.#connection.flush() : !isBelowLimit) this.#socket.pause();
  }

  #handle(event) {
    if (event.rest) return this.#passRest(event.rest);
    if (event.type === "X") return this.#end();
    if (this.#isSkipping) return this.#skip(event);
    if (this.#reads.take(event, this.#connection)) return;
    if (this.#connection) return this.#send(event);
    this.#isRestSent = false;
    if (WITHOUT_SERVER.includes(event.type)) return this.#answer(event);
    this.#connection = this.#pool.take();
    this.#connection?.attach(this);
    if (this.#connection) return this.#send(event);
    this.#inbox.push(event);
    this.#acquire();
  }

  #handleAll(events) {
    for (const event of events) {
      if (this.#waiting) this.#inbox.push(event);
      else this.#handle(event);
    }
  }

  #skip(event) {
    this.#queries.skip(event, this.#reads.uncachedStatus);
    if (event.type !== "S") return;
    this.#isSkipping = false;
    this.output.add(readyForQuery("I"));
  }

  /** Answers a message for which no server connection is needed. */
  #answer({ type, head }) {
    if (type === "S") this.output.add(readyForQuery("I"));
    if (type !== "C") return;
    this.#extended.close(head);
    this.output.add(CLOSE_COMPLETE);
  }

  async #acquire() {
    this.#waiting = {};
    this.#socket.pause();
    try {
      this.#connection = await this.#openConnection();
      this.#connection.attach(this);
    } catch (error) {
      this.#reject(error);
    }
    this.#waiting = undefined;
    if (this.#hasEnded) return this.#abandon();
    const inbox = this.#inbox;
    this.#inbox = [];
    this.#untilProtocolError(() => {
      this.#handleAll(inbox);
      if (!this.#waiting) this.#socket.resume();
    });
  }

  /** Returns a free server connection. The server can close one before the client gets it. */
  async #openConnection() {
    for (;;) {
      const { connection, giveUp } = this.#pool.acquire();
      this.#waiting.giveUp = giveUp;
      const acquired = await connection;
      if (!acquired.isClosing) return acquired;
    }
  }

  /** No server connection is available: the batch fails. */
  #reject(error) {
    const [first] = this.#inbox;
    this.output.add(error.response);
    this.#queries.fail(first, error);
    if (first?.type === "Q") {
      this.#inbox.shift();
      this.output.add(readyForQuery("I"));
    } else {
      this.#isSkipping = true;
    }
  }

  #send(event) {
    const { type, head } = event;
    const connection = this.#connection;
    this.#queries.send(event, connection);
    switch (type) {
      case "Q":
        return this.#query(event);
      case "S":
        this.#isInsideBatch = false;
        return connection.sync(event.query);
      case "H":
      case "d":
        this.#isRestSent = true;
        return connection.send(head);
      case "c":
      case "f":
        return connection.copyEnds(head);
      case "F":
        return connection.send(head, { kind: "query" });
      default:
        this.#isInsideBatch = true;
        this.#isRestSent = this.#extended.send(connection, event);
    }
  }

  #query({ head, query: begun }) {
    const rejection = this.#queries.rejection(readString(head, 5).text, begun);
    this.#extended.forgetUnnamed();
    this.#connection.prepared.forgetUnnamed();
    this.#connection.sendUnlessSkipped(rejection ? query(INVALID) : head, { kind: "query", rejection, query: begun });
  }

  #passRest(bytes) {
    if (this.#isRestSent) this.#connection?.send(bytes);
  }

  #end() {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#socket.end();
    this.#reads.end();
    this.#waiting?.giveUp();
    if (!this.#waiting) this.#abandon();
    this.#onEnd();
  }

  #abandon() {
    const connection = this.#connection;
    this.#connection = undefined;
    if (!connection) return;
    if (connection.isBusy) this.#pool.cancel(connection);
    connection.abandon({ isInsideMessage: this.#isRestSent && this.#framer.isInsideRest, isInsideBatch: this.#isInsideBatch });
  }
}
