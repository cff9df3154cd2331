import { LARGEST_REQUEST_BYTES, ProtocolError } from "./frames.mjs";

const FRAME_MILLISECONDS = 60_000;

/** The messages of a WebSocket, in order, each so many milliseconds after it came: the way here takes that long. */
export class Inbox {
  #messages = [];
  #bytes = 0;
  #arrived = Promise.withResolvers();

  constructor(socket, latency) {
    const later = latency > 0 ? (act) => setTimeout(act, latency) : (act) => act();
    socket.on("message", (data, isBinary) => {
      this.#bytes += data.length;
      if (this.#bytes > LARGEST_REQUEST_BYTES) socket.close(1009, "Too much was sent ahead.");
      else later(() => this.#put({ data, isBinary }));
    });
    socket.once("close", () => later(() => this.#put(undefined)));
  }

  /** The next message, which has to be a text. Raises `ProtocolError`, also when there is none in time. */
  async text(milliseconds = FRAME_MILLISECONDS) {
    const { data, isBinary } = await this.#next(milliseconds);
    if (isBinary) throw new ProtocolError("A text was expected.");
    return data.toString("utf8");
  }

  /** The bytes of the next message: the driver sends a text of bytes as a binary message. */
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
    if (message === undefined) throw new ProtocolError("Nothing more came.");
    this.#bytes -= message.data.length;
    return message;
  }
}
