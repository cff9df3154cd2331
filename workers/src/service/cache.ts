import { numbered, type Parameter, type Query } from "./query.ts";
import { logLine } from "./failure.ts";

/** KV keeps nothing shorter (https://developers.cloudflare.com/kv/api/write-key-value-pairs/, 2026-11-21). */
const LEAST_SECONDS = 60;

/** How long KV is waited for. Then the database is asked: a cache that is slower is none. */
const PATIENCE_SECONDS = 1;

/** How a request was answered: from KV, from the database, or from the database because it asked for that. */
export type Outcome = "hit" | "miss" | "bypass";

export interface CacheOptions {
  /** How old an answer may become, 60 or more. */
  seconds: number;
  /** How the keys begin. A new one leaves all answers behind; Workers of different databases need different ones. */
  prefix: string;
  /** Whether to ask the database whatever KV has. KV gets the new answer. */
  bypass: boolean;
  /** Takes the work that the answer does not wait for. */
  waitUntil(work: Promise<unknown>): void;
}

/**
 * Rows of reads, kept in KV for a while. Made for one request.
 *
 * Rows come as JSON holds them, from the database too: a Date is an ISO text, a BigInt a text. So it makes no
 * difference to a caller where they come from. Errors are not kept. KV that fails or is slow is as good as empty.
 */
export class ReadCache {
  /** Undefined before the first read; a hit only where all reads were. */
  outcome: Outcome | undefined;
  readonly #kv: Pick<KVNamespace, "get" | "put">;
  readonly #options: CacheOptions;

  constructor(kv: Pick<KVNamespace, "get" | "put">, options: CacheOptions) {
    if (!(options.seconds >= LEAST_SECONDS)) {
      throw new RangeError(`answers are cached for ${options.seconds} s; KV keeps them for ${LEAST_SECONDS} s or more`);
    }
    this.#kv = kv;
    this.#options = options;
  }

  /** `read`, answered from KV where it can be. Whoever makes `read` sees to it that it cannot write. */
  through(read: Query): Query {
    return async <Row extends object>(text: TemplateStringsArray, ...parameters: Parameter[]) => {
      const { bypass, prefix, waitUntil } = this.#options;
      const key = `${prefix}:${await fingerprint(text, parameters)}`;
      const kept = bypass ? undefined : await this.#kept<Row>(key);
      if (this.outcome === undefined || kept === undefined) this.outcome = bypass ? "bypass" : kept ? "hit" : "miss";
      if (kept !== undefined) return kept;
      const rows = asJson(await read<Row>(text, ...parameters));
      waitUntil(this.#keep(key, rows));
      return JSON.parse(rows) as Row[];
    };
  }

  async #kept<Row>(key: string): Promise<Row[] | undefined> {
    try {
      const rows = await soon(this.#kv.get(key));
      return rows === null ? undefined : (JSON.parse(rows) as Row[]);
    } catch (error) {
      console.error(`cache, reading: ${logLine(error)}`);
      return undefined;
    }
  }

  async #keep(key: string, rows: string): Promise<void> {
    try {
      await this.#kv.put(key, rows, { expirationTtl: this.#options.seconds });
    } catch (error) {
      // One is the rule where many requests miss at once: KV takes one write of a key in a second.
      console.error(`cache, writing: ${logLine(error)}`);
    }
  }
}

/** SHA-256 of a statement and its parameters: no value of a user stands in a key. */
async function fingerprint(text: TemplateStringsArray, parameters: Parameter[]): Promise<string> {
  // `1` and `"1"` are different questions.
  const asked = JSON.stringify([numbered(text), parameters.map((value) => [typeof value, String(value)])]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(asked));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function asJson(rows: object[]): string {
  return JSON.stringify(rows, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

/** What KV answers, or an error when that takes too long. */
async function soon<Result>(work: Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_SECONDS} s`)), PATIENCE_SECONDS * 1000);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
