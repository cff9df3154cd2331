/** The change of a server connection from one client to the next: requests to cancel arrive, and the session is reset. */
export class Handover {
  #reset;
  #due;
  #cancels = new Set();
  #wasCancelled = false;

  /** `reset()` sends the statements that reset the session. */
  constructor(reset) {
    this.#reset = reset;
  }

  /** Whether a request to cancel a query is on its way to the server. */
  get isCancelling() {
    return this.#cancels.size > 0;
  }

  /** `cancelling` ends when the server has received the request. */
  async cancelWith(cancelling) {
    this.#cancels.add(cancelling);
    this.#wasCancelled = true;
    await cancelling;
    this.#cancels.delete(cancelling);
  }

  /** Returns whether a query was cancelled since the last call. */
  takeWasCancelled() {
    const wasCancelled = this.#wasCancelled;
    this.#wasCancelled = false;
    return wasCancelled;
  }

  /** The reset travels with the messages of a waiting client, or else before the next client comes. */
  resetSoon(flush) {
    this.#due = setImmediate(() => {
      this.resetIfDue();
      flush();
    });
  }

  resetIfDue() {
    if (!this.#due) return;
    this.omitReset();
    this.#reset();
  }

  omitReset() {
    clearImmediate(this.#due);
    this.#due = undefined;
  }
}
