import { Misconfigured } from "./binding.ts";
import { numbered, type Parameter, type Query } from "./query.ts";
import { within } from "./deadline.ts";
import { withoutCredentials } from "./log.ts";

/** Minimum expiration of KV (https://developers.cloudflare.com/kv/api/write-key-value-pairs/, 2026-11-21). */
const MIN_SECONDS = 60;

/** Timeout for KV. After it the database is queried, because a slower cache has no use. */
const TIMEOUT_SECONDS = 1;

/** Origin of a response: KV, the database, or the database because the request bypassed the cache. */
export type Outcome = "hit" | "miss" | "bypass";

export interface CacheOptions {
  /** Maximum age of a cached result in seconds, at least 60. */
  seconds: number;
  /** Prefix of the keys. A new prefix invalidates all results. Different databases need different prefixes. */
  prefix: string;
  /** Whether to query the database even if KV has a result. The new result is written to KV. */
  bypass: boolean;
  /** Runs work for which the response does not wait. */
  waitUntil(work: Promise<unknown>): void;
}

/**
 * Caches rows of reads in KV. One instance serves one request.
 *
 * Rows are as in JSON, even from the database: a Date is an ISO string, and a BigInt is a string. The caller therefore
 * sees the same rows from both. Errors are not cached. If KV fails or is slow, the database is queried.
 */
export class ReadCache {
  /** Undefined before the first read. `hit` only if all reads were hits. */
  outcome: Outcome | undefined;
  readonly #kv: Pick<KVNamespace, "get" | "put">;
  readonly #options: CacheOptions;

  constructor(kv: Pick<KVNamespace, "get" | "put">, options: CacheOptions) {
    if (!(options.seconds >= MIN_SECONDS)) {
      throw new Misconfigured(`the cache duration must be at least ${MIN_SECONDS} s, got ${options.seconds} s`);
    }
    this.#kv = kv;
    this.#options = options;
  }

  /** Runs `read` unless KV has its result. The caller ensures that `read` cannot write. */
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
      const rows = await within(TIMEOUT_SECONDS, () => this.#kv.get(key));
      return rows === null ? undefined : (JSON.parse(rows) as Row[]);
    } catch (error) {
      logCacheFailure("read", error);
      return undefined;
    }
  }

  async #keep(key: string, rows: string): Promise<void> {
    try {
      await this.#kv.put(key, rows, { expirationTtl: this.#options.seconds });
    } catch (error) {
      // Errors are expected if many requests miss at once, because KV accepts one write per key and second.
      logCacheFailure("write", error);
    }
  }
}

/** Returns the SHA-256 hash of a statement and its parameters, so that keys contain no values of users. */
async function fingerprint(text: TemplateStringsArray, parameters: Parameter[]): Promise<string> {
  // `1` and `"1"` are different parameters.
  const asked = JSON.stringify([numbered(text), parameters.map((value) => [typeof value, String(value)])]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(asked));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function asJson(rows: object[]): string {
  return JSON.stringify(rows, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

function logCacheFailure(operation: "read" | "write", error: unknown): void {
  // The keys are hashes, so a message of KV contains no values of users.
  console.error(JSON.stringify({ cache: operation, message: withoutCredentials(String(error)) }));
}
