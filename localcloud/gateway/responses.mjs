/**
 * The responses that a server connection still owes, in order, so that each reaches the client whose message it answers.
 *
 * An expected response has a `kind`: `parse`, `bind`, `describe`, `close`, `execute`, `sync` or `query`. `made` is a
 * response that the gateway gives itself, in `bytes`. A hidden one does not reach the client. `rejection` replaces the
 * error that the server returns. `query` is the entry of the journal that the response belongs to. `onDone` and
 * `onFailed` are called when a message succeeded, or failed or was skipped.
 */
import { errorFields } from "./messages.mjs";

const ENDS = {
  parse: ["1"],
  bind: ["2"],
  close: ["3"],
  describe: ["T", "n"],
  execute: ["C", "s", "I"],
  sync: ["Z"],
  query: ["Z"],
};

export class Responses {
  #expected = [];
  #emit;
  #isHeld = false;
  /** Whether the server skips all messages until the next `Sync`. */
  isSkipping = false;
  /** The error that caused it. */
  #failure;

  /** `emit(bytes)` gets the responses that the gateway gives itself. */
  constructor(emit) {
    this.#emit = emit;
  }

  get isEmpty() {
    return this.#expected.length === 0;
  }

  /** Whether the client expects a response. */
  get isVisible() {
    return this.#expected.some(({ hidden }) => !hidden);
  }

  /** The response that the next message of the server belongs to, or undefined. */
  get head() {
    return this.#expected[0];
  }

  expect(response) {
    if (this.isSkipping && response.kind !== "sync") {
      response.query?.end(this.#failure);
      response.onFailed?.();
      return;
    }
    if (response.kind === "sync") this.isSkipping = false;
    this.#expected.push(response);
    this.#emitMade();
  }

  /** Hides all expected responses, because their client has disconnected. */
  hideAll() {
    for (const response of this.#expected) response.hidden = true;
  }

  /**
   * Notes a message of the server. `code` is the SQLSTATE of an error.
   * @returns {{isHidden: boolean, rejection?: Buffer}} whether the message is hidden, and what replaces it
   */
  receive(type, length, code) {
    const response = this.head;
    if (!response) return { isHidden: false };
    response.query?.received(type, length);
    const isHidden = response.hidden ?? false;
    // A client needs the error of a hidden `Parse`, because the rest of its batch is skipped.
    if (type === "E") return { isHidden: isHidden && response.kind === "query", rejection: this.#fail(response, code) };
    if (ENDS[response.kind].includes(type)) {
      this.#expected.shift();
      if (response.kind !== "bind") response.query?.end();
      response.onDone?.();
    }
    return { isHidden };
  }

  /** A message of the server begins. Until its end, no response of the gateway can be emitted. */
  hold() {
    this.#isHeld = true;
  }

  /** The whole message has been passed on. */
  settle() {
    this.#isHeld = false;
    this.#emitMade();
  }

  /** Copying begins: the server ignores each `Sync` that it receives before the end of the copied data. */
  ignoreUntilCopyEnd() {
    const [first, ...others] = this.#expected;
    const end = others.findIndex(({ isCopyEnd }) => isCopyEnd);
    this.#expected = [first, ...(end < 0 ? [] : others.slice(end))];
    return end >= 0;
  }

  /** Ends the queries whose responses will not arrive. */
  abort(failure) {
    for (const { query } of this.#expected) query?.end(failure);
  }

  #fail(response, code) {
    const failure = { code: response.rejection ? errorFields(response.rejection).C : code };
    response.query?.end(failure);
    if (response.kind === "query" || response.kind === "sync") {
      response.onFailed?.();
      return response.rejection;
    }
    while (this.#expected.length > 0 && this.head.kind !== "sync") {
      const skipped = this.#expected.shift();
      skipped.query?.end(failure);
      skipped.onFailed?.();
    }
    this.#failure = failure;
    this.isSkipping = this.#expected.length === 0;
    return response.rejection;
  }

  #emitMade() {
    while (!this.#isHeld && this.head?.kind === "made") {
      const { bytes, hidden } = this.#expected.shift();
      if (!hidden && bytes) this.#emit(bytes);
    }
  }
}
