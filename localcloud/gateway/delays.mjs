/** The latency of one connection to the database: delays messages in both directions, and keeps their order. */

class Queue {
  #actions = [];
  #timer;

  get isEmpty() {
    return this.#actions.length === 0;
  }

  /** Runs an action after this time, and after all earlier actions. */
  add(milliseconds, action) {
    const earliest = this.#actions.at(-1)?.dueAt ?? 0;
    this.#actions.push({ dueAt: Math.max(earliest, performance.now() + milliseconds), action });
    if (!this.#timer) this.#wait();
  }

  /** Runs all actions now. */
  finish() {
    for (const each of this.#actions) each.dueAt = 0;
    clearTimeout(this.#timer);
    this.#runDue();
  }

  #wait() {
    const [next] = this.#actions;
    this.#timer = next && setTimeout(() => this.#runDue(), Math.max(0, next.dueAt - performance.now()));
  }

  #runDue() {
    while (!this.isEmpty && this.#actions[0].dueAt <= performance.now()) this.#actions.shift().action();
    this.#wait();
  }
}

export class Delays {
  #faults;
  #sending = new Queue();
  #receiving = new Queue();

  constructor(faults) {
    this.#faults = faults;
  }

  /** Writes an output. Returns false if the client must wait for `resume`. */
  flush(output, resume) {
    const delay = this.#faults.sendMilliseconds;
    if (delay === 0 && this.#sending.isEmpty) return output.flush();
    this.#sending.add(delay, () => {
      if (output.flush()) resume();
    });
    return false;
  }

  /** The fault injection has changed. A latency that was switched off delays no message any longer. */
  update() {
    if (this.#faults.sendMilliseconds === 0) this.#sending.finish();
    if (this.#faults.receiveMilliseconds === 0) this.#receiving.finish();
  }

  /** Handles an event of the database, at once if there is no latency. */
  receive(action) {
    const delay = this.#faults.receiveMilliseconds;
    if (delay === 0 && this.#receiving.isEmpty) action();
    else this.#receiving.add(delay, action);
  }
}
