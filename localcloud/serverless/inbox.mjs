import { LARGEST_REQUEST_BYTES, ProtocolError } from "./frames.mjs";

const FRAME_MILLISECONDS = 60_000;

/** The messages of a WebSocket in order, each delayed by the configured latency. */
export class Inbox {
  #messages = [];
  #bytes = 0;
  #arrived = Promise.withResolvers();

  constructor(socket, latency) {
    const later = latency > 0 ? (act) => setTimeout(act, latency) : (act) => act();
    socket.on("message", (data, isBinary) => {
      this.#bytes += data.length;
      if (this.#bytes > LARGEST_REQUEST_BYTES) socket.close(1009, "Too many pending bytes.");
      else later(() => this.#put({ data, isBinary }));
    });
    socket.once("close", () => later(() => this.#put(undefined)));
  }

  /** Returns the next message. Throws `ProtocolError` if it is not text, or if none arrives in time. */
  async text(milliseconds = FRAME_MILLISECONDS) {
    const { data, isBinary } = await this.#next(milliseconds);
    if (isBinary) throw new ProtocolError("Expected a text message.");
    return data.toString("utf8");
  }

  /** Returns the bytes of the next message, which the driver may send as a binary message for text. */
  async bytes() {
    return (await this.#next(FRAME_MILLISECONDS)).data;
  }

  #put(message) {
    this.#messages.push(message);
    this.#arrived.resolve();
  }

  async #next(milliseconds) {
    if (this.#messages.length === 0) {
      this.#arrived = Promise.withResolvers();
      const timer = setTimeout(() => this.#put(undefined), milliseconds);
      await this.#arrived.promise;
      clearTimeout(timer);
    }
    const message = this.#messages.shift();
    if (message === undefined) throw new ProtocolError("The next message is missing.");
    this.#bytes -= message.data.length;
    return message;
  }
}
