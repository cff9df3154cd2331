/** Keeps a copy of a result while it passes to a client. */
import { LARGEST_RESULT_BYTES } from "./cache.mjs";
import { Framer, ProtocolError, addBytes } from "./framing.mjs";

const IDLE = "I".charCodeAt(0);
/** Messages of a result by the part that they belong to. ParseComplete and BindComplete have no content. */
const PARTS = { 1: "none", 2: "none", t: "statement", T: "description", n: "description", D: "rows", C: "rows", Z: "end" };

/**
 * The parts of a result: `statement`, the description of a prepared statement, `portal`, the description of the rows
 * in their formats, and `rows` with the command tag. A part that was not requested is undefined.
 */
export class Recording {
  #framer = new Framer(this);
  #memory;
  #onEnd;
  #parts = new Map();
  #part;
  #isBound = false;
  #isComplete = false;
  #size = 0;
  #rowCount = 0;
  #hasEnded = false;

  /** `onEnd(reason, result)` gets `complete` with the result, `oversized` or `failed`, and is called at most once. */
  constructor(memory, onEnd) {
    this.#memory = memory;
    this.#onEnd = onEnd;
  }

  push(bytes) {
    if (this.#hasEnded) return;
    try {
      this.#framer.push(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.end("failed");
    }
  }

  headOf(type, length) {
    return type === "Z" ? length : 5;
  }

  message(type, head) {
    if (this.#hasEnded) return;
    const part = PARTS[type];
    if (type === "2") this.#isBound = true;
    if (type === "C") this.#isComplete = true;
    if (type === "D") this.#rowCount += 1;
    if (!part) return this.end("failed");
    if (part === "end") return this.end(this.#isComplete && head[5] === IDLE ? "complete" : "failed");
    this.#part = part === "description" ? this.#described() : part;
    this.#add(head);
  }

  rest(bytes) {
    if (!this.#hasEnded) this.#add(bytes);
  }

  /** Ends the recording. */
  end(reason) {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const result = reason === "complete" ? this.#result() : undefined;
    this.#memory.free(this.#size);
    this.#parts.clear();
    this.#onEnd(reason, result);
  }

  /** `RowDescription` after `ParameterDescription` belongs to the statement. */
  #described() {
    return this.#parts.has("statement") && !this.#isBound ? "statement" : "portal";
  }

  #add(bytes) {
    if (this.#part === "none") return;
    if (this.#size + bytes.length > LARGEST_RESULT_BYTES || !this.#memory.reserve(bytes.length)) return this.end("oversized");
    this.#size += bytes.length;
    const parts = this.#parts.get(this.#part) ?? [];
    this.#parts.set(this.#part, parts);
    addBytes(parts, bytes);
  }

  #result() {
    const part = (name) => (this.#parts.has(name) ? Buffer.concat(this.#parts.get(name)) : undefined);
    return { statement: part("statement"), portal: part("portal"), rows: part("rows"), rowCount: this.#rowCount, size: this.#size };
  }
}

/** Keeps the description of a prepared statement while it passes to a client. */
export class DescriptionRecording {
  #framer = new Framer(this);
  #parts = [];
  #onEnd;
  #hasEnded = false;

  /** `onEnd(bytes)` gets the description, or undefined after another message. */
  constructor(onEnd) {
    this.#onEnd = onEnd;
  }

  push(bytes) {
    if (!this.#hasEnded) this.#framer.push(bytes);
  }

  headOf(_, length) {
    return length;
  }

  message(type, head) {
    if (this.#hasEnded || type === "1") return;
    if ("tTn".includes(type)) this.#parts.push(Buffer.from(head));
    if (type === "t") return;
    this.#hasEnded = true;
    this.#onEnd("Tn".includes(type) ? Buffer.concat(this.#parts) : undefined);
  }
}
