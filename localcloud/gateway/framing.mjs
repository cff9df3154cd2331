/** Splits a stream of Postgres protocol messages, and holds only the beginning of a large message in memory. */

const HEADER_BYTES = 5;
/** A message of Postgres has at most 1 GiB, and its length includes itself. */
const LARGEST_MESSAGE_BYTES = 0x4000_0000;

/** A peer does not keep the protocol. */
export class ProtocolError extends Error {}

/**
 * Calls `handler.message(type, head, length)` for each message, and `handler.rest(bytes, isLast)` for the parts of a
 * message that are not in its head. `handler.headOf(type, length)` returns how many bytes of a message the head needs,
 * header included. `type` is a character.
 */
export class Framer {
  #handler;
  #parts = [];
  #size = 0;
  #needed = 0;
  #rest = 0;

  constructor(handler) {
    this.#handler = handler;
  }

  /** Whether the head of a message was passed on, and its rest has not arrived. */
  get isInsideRest() {
    return this.#rest > 0;
  }

  push(received) {
    const chunk = this.#joined(received);
    let offset = 0;
    while (chunk && offset < chunk.length) {
      offset = this.#rest > 0 ? this.#passRest(chunk, offset) : this.#passMessage(chunk, offset);
    }
  }

  #joined(chunk) {
    if (this.#parts.length === 0) return chunk;
    this.#parts.push(chunk);
    this.#size += chunk.length;
    if (this.#size < this.#needed) return undefined;
    const joined = Buffer.concat(this.#parts, this.#size);
    this.#parts = [];
    return joined;
  }

  #passRest(chunk, start) {
    const end = Math.min(chunk.length, start + this.#rest);
    this.#rest -= end - start;
    this.#handler.rest(chunk.subarray(start, end), this.#rest === 0);
    return end;
  }

  #passMessage(chunk, start) {
    const available = chunk.length - start;
    if (available < HEADER_BYTES) return this.#keep(chunk, start, HEADER_BYTES);
    const type = String.fromCharCode(chunk[start]);
    const length = 1 + chunk.readUInt32BE(start + 1);
    if (length < HEADER_BYTES || length > LARGEST_MESSAGE_BYTES) throw new ProtocolError("invalid message length");
    const needed = Math.min(length, this.#handler.headOf(type, length));
    if (available < needed) return this.#keep(chunk, start, needed);
    this.#rest = length - needed;
    this.#handler.message(type, chunk.subarray(start, start + needed), length);
    return start + needed;
  }

  #keep(chunk, start, needed) {
    this.#parts = [chunk.subarray(start)];
    this.#size = chunk.length - start;
    this.#needed = needed;
    return chunk.length;
  }
}

/** Reads a string that ends with a zero byte. Returns the string and the offset after it. */
export function readString(buffer, start) {
  const end = buffer.indexOf(0, start);
  if (end < 0) throw new ProtocolError("a string has no end");
  return { text: buffer.toString("utf8", start, end), end: end + 1 };
}

/** Adds bytes to parts. Bytes that follow the last part in the same chunk extend it. */
export function addBytes(parts, bytes) {
  const last = parts.at(-1);
  const isAdjacent = last && last.buffer === bytes.buffer && last.byteOffset + last.length === bytes.byteOffset;
  if (isAdjacent) parts[parts.length - 1] = Buffer.from(last.buffer, last.byteOffset, last.length + bytes.length);
  else parts.push(bytes);
}

/** Collects bytes for a socket, and writes adjacent parts of a chunk at once. */
export class Output {
  /** Gets a copy of all bytes by `push(bytes)`, if it is set. */
  recording;
  #socket;
  #parts = [];

  constructor(socket) {
    this.#socket = socket;
  }

  add(bytes) {
    this.recording?.push(bytes);
    addBytes(this.#parts, bytes);
  }

  /** Writes everything. Returns false if the socket holds more than it should, until its event `drain`. */
  flush() {
    if (this.#parts.length === 0 || this.#socket.destroyed) return true;
    const parts = this.#parts;
    this.#parts = [];
    if (parts.length === 1) return this.#socket.write(parts[0]);
    this.#socket.cork();
    const isBelowLimit = parts.map((part) => this.#socket.write(part)).at(-1);
    this.#socket.uncork();
    return isBelowLimit;
  }
}
