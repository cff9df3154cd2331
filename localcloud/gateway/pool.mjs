/** The server connections of one Hyperdrive configuration, at most as many as its limit. */
import { errorResponse } from "./messages.mjs";
import { cancel, openConnection } from "./origin.mjs";
import { ServerConnection } from "./server_connection.mjs";
import { Statements } from "./statements.mjs";

const RETRY_MILLISECONDS = 100;
const CHECK_MILLISECONDS = 1_000;

export class Pool {
  statements = new Statements();
  onRejection;
  /** The cache of the configuration. It remains when another pool replaces this one. */
  cache;
  #origin;
  #limits;
  #connections = new Set();
  #idle = [];
  #waiters = [];
  #opening = 0;
  #retry;
  #parameters;
  #isClosed = false;
  #isDraining = false;
  #idleCheck;

  /**
   * `origin` has host, port, user, database, password, tls and the limit in `connections`. `limits` has
   * `waitMilliseconds` and `idleMilliseconds`. `onRejection` gets each rejected statement.
   */
  constructor(origin, limits, cache, onRejection) {
    this.#origin = origin;
    this.#limits = limits;
    this.cache = cache;
    this.onRejection = onRejection;
    this.#idleCheck = setInterval(() => this.#closeIdle(), Math.min(CHECK_MILLISECONDS, limits.idleMilliseconds)).unref();
  }

  /** The figures of the pool: its limit, its connections, those in use, and waiting clients. */
  get figures() {
    const { size } = this.#connections;
    return { label: this.label, limit: this.#origin.connections, open: size, inUse: size - this.#idle.length, waiting: this.#waiters.length };
  }

  /** The name of the configuration. */
  get label() {
    return this.#origin.label;
  }

  /** Uses another password, limit or cache. Existing connections keep their session. */
  change(origin, cache) {
    this.#origin = origin;
    this.cache = cache;
    this.#isDraining = false;
    this.#closeAboveLimit();
    this.#fill();
  }

  /** Closes each connection as soon as no client needs it, because another pool replaces this one. */
  drain() {
    this.#isDraining = true;
    this.#closeWhere(() => true);
  }

  /** Returns the parameters that the server reports to a new session. Throws an error with a `response`. */
  async parameters() {
    if (!this.#parameters) this.#free(await this.acquire().connection);
    return this.#parameters;
  }

  /**
   * Requests a server connection.
   * @returns {{connection: Promise<ServerConnection>, giveUp: () => void}} `connection` rejects with an error that has
   *   the `response` for the client. `giveUp` withdraws the request.
   */
  acquire() {
    const { promise, resolve, reject } = Promise.withResolvers();
    const waiter = { resolve, reject };
    waiter.timer = setTimeout(() => {
      this.#remove(waiter);
      reject(unavailable());
    }, this.#limits.waitMilliseconds);
    this.#waiters.push(waiter);
    this.#fill();
    const giveUp = () => {
      if (this.#remove(waiter)) reject(unavailable());
    };
    return { connection: promise, giveUp };
  }

  cancel(connection) {
    connection.cancelWith(cancel(this.#origin, connection.key, this.#limits.waitMilliseconds));
  }

  /** Closes all connections. Clients that wait or use one get an error. */
  close() {
    this.#isClosed = true;
    clearInterval(this.#idleCheck);
    clearTimeout(this.#retry);
    this.#failWaiters(unavailable());
    for (const connection of this.#connections) connection.close();
  }

  /** Serves waiting clients with idle connections, and opens at most `most` connections for the others. */
  #fill(most = Infinity) {
    while (this.#waiters.length > 0 && this.#idle.length > 0) this.#give(this.#idle.pop());
    const missing = this.#waiters.length - this.#opening;
    const allowed = this.#origin.connections - this.#connections.size - this.#opening;
    if (this.#isClosed || this.#retry) return;
    for (let count = Math.min(missing, allowed, most); count > 0; count--) this.#open();
  }

  async #open() {
    this.#opening += 1;
    try {
      const opened = await openConnection(this.#origin, this.#limits.waitMilliseconds);
      this.#opening -= 1;
      this.#add(opened);
    } catch (error) {
      this.#opening -= 1;
      this.#failed(error);
    }
  }

  #add(opened) {
    const connection = new ServerConnection(opened, {
      onRelease: (released) => this.#free(released),
      onClose: (closed) => this.#forget(closed),
    });
    this.#connections.add(connection);
    this.#parameters = opened.parameters;
    this.#free(connection);
  }

  #free(connection) {
    if (this.#isClosed || this.#connections.size > this.#origin.connections) connection.close();
    else if (this.#waiters.length > 0) this.#give(connection);
    else if (this.#isDraining) connection.close();
    else this.#idle.push(connection);
  }

  #give(connection) {
    const waiter = this.#waiters.shift();
    clearTimeout(waiter.timer);
    waiter.resolve(connection);
  }

  #forget(connection) {
    this.#connections.delete(connection);
    this.#idle = this.#idle.filter((each) => each !== connection);
    this.#fill();
  }

  /** Without any connection, all clients get the error. With others, clients wait for one of them. */
  #failed(error) {
    if (!error.response) throw error;
    if (this.#connections.size === 0 && this.#opening === 0) this.#failWaiters(error);
    if (this.#waiters.length === 0 || this.#retry || this.#isClosed) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#fill(1);
    }, RETRY_MILLISECONDS);
  }

  #failWaiters(error) {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) {
      clearTimeout(waiter.timer);
      waiter.reject(error);
    }
  }

  #remove(waiter) {
    const index = this.#waiters.indexOf(waiter);
    if (index < 0) return false;
    clearTimeout(waiter.timer);
    this.#waiters.splice(index, 1);
    return true;
  }

  #closeIdle() {
    const limit = performance.now() - this.#limits.idleMilliseconds;
    this.#closeWhere((connection) => connection.usedAt < limit);
  }

  #closeAboveLimit() {
    let surplus = this.#connections.size - this.#origin.connections;
    this.#closeWhere(() => surplus-- > 0);
  }

  #closeWhere(isUnneeded) {
    const unneeded = this.#idle.filter(isUnneeded);
    this.#idle = this.#idle.filter((connection) => !unneeded.includes(connection));
    for (const connection of unneeded) connection.close();
  }
}

function unavailable() {
  const error = new Error("Failed to acquire a connection from the pool.");
  return Object.assign(error, { response: errorResponse({ text: error.message }) });
}
