/** The server connections of one Hyperdrive configuration, at most as many as its limit. */
import { cancel } from "./origin.mjs";
import { ServerConnection } from "./server_connection.mjs";
import { Statements } from "./statements.mjs";
import { Waiters } from "./waiters.mjs";

const RETRY_MILLISECONDS = 100;
const CHECK_MILLISECONDS = 1_000;

export class Pool {
  statements = new Statements();
  onRejection;
  #configuration;
  #origin;
  #limits;
  #connections = new Set();
  #idle = [];
  #waiters = new Waiters();
  #opening = 0;
  #retry;
  #parameters;
  #isClosed = false;
  #isDraining = false;
  #idleCheck;
  #peaks = {};

  /**
   * `origin` has host, port, user, database, password, tls and the limit in `connections`. `limits` has
   * `waitMilliseconds` and `idleMilliseconds`. `configuration` has the `cache`, the `journal` and the `faults`, which
   * remain when another pool replaces this one. `onRejection` gets each rejected statement.
   */
  constructor(origin, limits, configuration, onRejection) {
    this.#origin = origin;
    this.#limits = limits;
    this.#configuration = configuration;
    this.onRejection = onRejection;
    this.#idleCheck = setInterval(() => this.#closeIdle(), Math.min(CHECK_MILLISECONDS, limits.idleMilliseconds)).unref();
  }

  get cache() {
    return this.#configuration.cache;
  }

  get journal() {
    return this.#configuration.journal;
  }

  /** The figures of the pool: its limit, its connections, those in use and not in use, and waiting clients. */
  get figures() {
    const { size } = this.#connections;
    const inUse = size - this.#idle.length;
    const limit = this.#origin.connections;
    return { label: this.label, limit, open: size, inUse, available: Math.max(0, limit - inUse), waiting: this.#waiters.count };
  }

  /** Returns the largest figures since the last call. */
  takePeaks() {
    const peaks = this.#peaks;
    this.#peaks = {};
    return peaks;
  }

  /** The name of the configuration. */
  get label() {
    return this.#origin.label;
  }

  /** Uses another password, limit or cache. Existing connections keep their session. */
  change(origin, configuration) {
    this.#origin = origin;
    this.#configuration = configuration;
    this.#isDraining = false;
    this.#closeAboveLimit();
    this.#fill();
  }

  /** The injected faults have changed. After a change of the database's state, no connection is kept. */
  changeFaults(hasOtherState) {
    const { losesConnections, endsConnections } = this.#configuration.faults;
    for (const connection of this.#connections) {
      connection.delays.update();
      if (!hasOtherState) continue;
      if (losesConnections || endsConnections) connection.lose(endsConnections);
      else connection.isOutdated = true;
    }
    if (hasOtherState) this.#closeWhere(() => true);
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

  /** Returns an idle server connection, or undefined. Most queries get theirs without a wait. */
  take() {
    let connection;
    if (!this.#configuration.faults.isLimitReached) {
      do connection = this.#idle.pop();
      while (connection?.isClosing);
    }
    this.#notePeaks();
    return connection;
  }

  /**
   * Requests a server connection.
   * @returns {{connection: Promise<ServerConnection>, giveUp: () => void}} `connection` rejects with an error that has
   *   the `response` for the client. `giveUp` withdraws the request.
   */
  acquire() {
    const waiter = this.#waiters.add(this.#limits.waitMilliseconds);
    this.#fill();
    return waiter;
  }

  cancel(connection) {
    connection.cancelWith(cancel(this.#origin, connection.key, this.#limits.waitMilliseconds));
  }

  /** Closes all connections. Clients that wait or use one get an error. */
  close() {
    this.#isClosed = true;
    clearInterval(this.#idleCheck);
    clearTimeout(this.#retry);
    this.#waiters.fail();
    for (const connection of this.#connections) connection.close();
  }

  /** Serves waiting clients with idle connections, and opens at most `most` connections for the others. */
  #fill(most = Infinity) {
    const { isLimitReached } = this.#configuration.faults;
    while (!isLimitReached && this.#waiters.count > 0 && this.#idle.length > 0) this.#give(this.#idle.pop());
    this.#notePeaks();
    const missing = this.#waiters.count - this.#opening;
    const allowed = this.#origin.connections - this.#connections.size - this.#opening;
    if (this.#isClosed || this.#retry || isLimitReached) return;
    for (let count = Math.min(missing, allowed, most); count > 0; count--) this.#open();
  }

  async #open() {
    this.#opening += 1;
    const startedAt = performance.now();
    const { faults } = this.#configuration;
    const { database } = faults.settings;
    try {
      const opened = await faults.open(this.#origin, this.#limits.waitMilliseconds);
      this.#opening -= 1;
      this.#add({ ...opened, milliseconds: performance.now() - startedAt }, faults.settings.database !== database);
    } catch (error) {
      this.#opening -= 1;
      this.#failed(error);
    }
  }

  #add(opened, isOutdated) {
    const connection = new ServerConnection(opened, this.#configuration.faults, {
      onRelease: (released) => this.#free(released),
      onClose: (closed) => this.#forget(closed),
    });
    this.#connections.add(connection);
    connection.isOutdated = isOutdated;
    this.#parameters = opened.parameters;
    this.#free(connection);
  }

  #free(connection) {
    if (this.#isClosed || connection.isOutdated || this.#connections.size > this.#origin.connections) connection.close();
    else if (this.#configuration.faults.isLimitReached) this.#idle.push(connection);
    else if (this.#waiters.count > 0) this.#give(connection);
    else if (this.#isDraining) connection.close();
    else this.#idle.push(connection);
  }

  #notePeaks() {
    const { open, inUse, waiting } = this.figures;
    for (const [name, value] of Object.entries({ open, inUse, waiting })) this.#peaks[name] = Math.max(this.#peaks[name] ?? 0, value);
  }

  #give(connection) {
    this.#waiters.serve(connection);
    this.#notePeaks();
  }

  #forget(connection) {
    this.#connections.delete(connection);
    this.#idle = this.#idle.filter((each) => each !== connection);
    this.#fill();
  }

  /** Without any connection, all clients get the error. With others, clients wait for one of them. */
  #failed(error) {
    if (!error.response) throw error;
    if (this.#connections.size === 0 && this.#opening === 0) this.#waiters.fail(error);
    if (this.#waiters.count === 0 || this.#retry || this.#isClosed) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#fill(1);
    }, RETRY_MILLISECONDS);
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
