/** The clients that wait for a server connection of one pool, in the order of their requests. */
import { errorResponse } from "./messages.mjs";

export class Waiters {
  #waiters = [];

  get count() {
    return this.#waiters.length;
  }

  /**
   * Adds a client that waits for at most this time.
   * @returns {{connection: Promise, giveUp: () => void}} `connection` rejects with an error that has the `response` for
   *   the client. `giveUp` withdraws the request.
   */
  add(milliseconds) {
    const { promise, resolve, reject } = Promise.withResolvers();
    const waiter = { resolve, reject };
    const giveUp = () => {
      if (this.#remove(waiter)) reject(unavailable());
    };
    waiter.timer = setTimeout(giveUp, milliseconds);
    this.#waiters.push(waiter);
    return { connection: promise, giveUp };
  }

  /** Gives a connection to the client that has waited for the longest time. */
  serve(connection) {
    const waiter = this.#waiters.shift();
    clearTimeout(waiter.timer);
    waiter.resolve(connection);
  }

  /** All clients get the error. */
  fail(error = unavailable()) {
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
}

function unavailable() {
  const error = new Error("Failed to acquire a connection from the pool.");
  return Object.assign(error, { response: errorResponse({ text: error.message }) });
}
