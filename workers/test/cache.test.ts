import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import cached from "../src/cached.ts";
import { type CacheOptions, ReadCache } from "../src/service/cache.ts";
import type { Parameter, Query } from "../src/service/query.ts";
import { call } from "./requests.ts";

/** A KV namespace in memory. */
class FakeKv {
  readonly values = new Map<string, string>();
  readonly lifetimes: (number | undefined)[] = [];
  async get(key: string): Promise<string | null> {
    return this.values.get(key) ?? null;
  }
  async put(key: string, value: string, options?: { expirationTtl?: number }): Promise<void> {
    this.values.set(key, value);
    this.lifetimes.push(options?.expirationTtl);
  }
}

let kv: FakeKv;
let later: Promise<unknown>[];
const log = vi.spyOn(console, "error");
beforeEach(() => {
  kv = new FakeKv();
  later = [];
  log.mockReset().mockReturnValue();
});
afterEach(() => void vi.useRealTimers());

/** The cache of one request. */
function cache(options: Partial<CacheOptions> = {}): ReadCache {
  const waitUntil = (work: Promise<unknown>) => void later.push(work);
  return new ReadCache(kv as unknown as KVNamespace, { seconds: 60, prefix: "v1", bypass: false, waitUntil, ...options });
}

/** A database that returns `rows` and counts its queries. */
function database(rows: object[] | Error = [{ id: "1" }]) {
  const counted = {
    queries: 0,
    read: (async (_text: TemplateStringsArray, ..._parameters: Parameter[]) => {
      counted.queries += 1;
      if (rows instanceof Error) throw rows;
      return rows;
    }) as Query,
  };
  return counted;
}

/** Runs one query in a separate request, and waits for its work after the response. */
async function answer({ read }: { read: Query }, options: Partial<CacheOptions> = {}) {
  const output = cache(options);
  const rows = await output.through(read)`select id from items where owner = ${"ada@example.com"}`;
  await Promise.all(later);
  return { rows, outcome: output.outcome };
}

describe("a read", () => {
  test("queries the database once and uses KV afterwards", async () => {
    const items = database();
    expect(await answer(items)).toEqual({ rows: [{ id: "1" }], outcome: "miss" });
    expect(await answer(items)).toEqual({ rows: [{ id: "1" }], outcome: "hit" });
    expect(items.queries).toBe(1);
  });

  test("without rows is cached too", async () => {
    const items = database([]);
    await answer(items);
    expect(await answer(items)).toEqual({ rows: [], outcome: "hit" });
  });

  test("has the same result from the database and from KV", async () => {
    const row = { day: new Date("2026-01-02T03:04:05.678Z"), big: 9007199254740993n, none: null, tags: ["a", 1n] };
    const items = database([row]);
    const [fromDatabase, fromKv] = [await answer(items), await answer(items)];
    expect(fromKv.rows).toEqual(fromDatabase.rows);
    expect(fromKv.rows).toEqual([
      { day: "2026-01-02T03:04:05.678Z", big: "9007199254740993", none: null, tags: ["a", "1"] },
    ]);
  });

  test("is cached for the configured time", async () => {
    await answer(database(), { seconds: 300 });
    expect(kv.lifetimes).toEqual([300]);
  });

  test.each([59, 0, -1, Number.NaN])("is not cached for %s seconds, which KV rejects", (seconds) => {
    expect(() => cache({ seconds })).toThrow(`the cache duration must be at least 60 s, got ${seconds} s`);
  });

  test("that fails is not cached", async () => {
    await expect(answer(database(new Error("relation does not exist")))).rejects.toThrow("relation does not exist");
    expect(kv.values.size).toBe(0);
    expect(await answer(database())).toMatchObject({ outcome: "miss" });
  });

  test("does not wait for the write to KV", async () => {
    kv.put = () => new Promise(() => {});
    expect(await cache().through(database().read)`select 1`).toEqual([{ id: "1" }]);
    expect(later).toHaveLength(1);
  });
});

describe("a key", () => {
  /** Returns the key of one query. */
  async function keyOf(ask: (query: Query) => Promise<unknown>, options: Partial<CacheOptions> = {}): Promise<string> {
    kv = new FakeKv();
    await ask(cache(options).through(database().read));
    await Promise.all(later);
    return [...kv.values.keys()].join();
  }

  test("has its prefix and does not reveal the query", async () => {
    const key = await keyOf((query) => query`select ${"ada@example.com"}`);
    expect(key).toMatch(/^v1:[0-9a-f]{64}$/);
  });

  test("is the same for the same query", async () => {
    const ask = (query: Query) => query`select ${1}`;
    expect(await keyOf(ask)).toBe(await keyOf(ask));
  });

  test("differs per statement and parameter", async () => {
    const keys = [
      await keyOf((query) => query`select ${1}`),
      await keyOf((query) => query`select ${2}`),
      await keyOf((query) => query`select ${"1"}`),
      await keyOf((query) => query`select ${null}`),
      await keyOf((query) => query`select ${"null"}`),
      await keyOf((query) => query`select ${Number.NaN}`),
      await keyOf((query) => query`select $1`),
      await keyOf((query) => query`select ${1}, ${"a,b"}`),
      await keyOf((query) => query`select ${"1,a"}, ${"b"}`),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("of another version has no cached result", async () => {
    const items = database();
    await answer(items);
    expect(await answer(items, { prefix: "v2" })).toMatchObject({ outcome: "miss" });
  });
});

describe("a bypass", () => {
  test("queries the database and writes the new result to KV", async () => {
    await answer(database([{ id: "old" }]));
    expect(await answer(database([{ id: "new" }]), { bypass: true })).toEqual({
      rows: [{ id: "new" }],
      outcome: "bypass",
    });
    expect(await answer(database([{ id: "newer" }]))).toEqual({ rows: [{ id: "new" }], outcome: "hit" });
  });
});

describe("the outcome", () => {
  test("is a hit only if all reads were hits", async () => {
    await answer(database());
    const output = cache();
    const query = output.through(database().read);
    expect(output.outcome).toBeUndefined();
    await query`select id from items where owner = ${"ada@example.com"}`;
    expect(output.outcome).toBe("hit");
    await query`select something else`;
    expect(output.outcome).toBe("miss");
    await query`select id from items where owner = ${"ada@example.com"}`;
    expect(output.outcome).toBe("miss");
  });
});

describe("a KV that fails", () => {
  test("if it cannot be read, the database is queried", async () => {
    kv.get = () => Promise.reject(new Error("KV GET failed: 503"));
    expect(await answer(database())).toEqual({ rows: [{ id: "1" }], outcome: "miss" });
    expect(log).toHaveBeenCalledExactlyOnceWith('{"cache":"read","message":"Error: KV GET failed: 503"}');
  });

  test("if it cannot be written, the result is still returned", async () => {
    kv.put = () => Promise.reject(new Error("KV PUT failed: 429 Too Many Requests"));
    expect(await answer(database())).toEqual({ rows: [{ id: "1" }], outcome: "miss" });
    expect(log).toHaveBeenCalledExactlyOnceWith(
      '{"cache":"write","message":"Error: KV PUT failed: 429 Too Many Requests"}',
    );
  });

  test("if it has an invalid value, the database is queried", async () => {
    kv.get = async () => "<html>";
    expect(await answer(database())).toEqual({ rows: [{ id: "1" }], outcome: "miss" });
  });

  test("if it does not respond within a second, the database is queried", async () => {
    vi.useFakeTimers();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    kv.get = () => {
      begin();
      return new Promise(() => {});
    };
    const given = answer(database());
    await begun;
    await vi.advanceTimersByTimeAsync(1000);
    expect(await given).toMatchObject({ outcome: "miss" });
  });

  test("no timer runs after the result", async () => {
    vi.useFakeTimers();
    await answer(database());
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the Worker", () => {
  /** Environment with an unreachable database. */
  const away = { HYPERDRIVE: { host: "127.0.0.1", port: 1, user: "app", password: "p", database: "app" } as Hyperdrive };
  type Env = Parameters<typeof cached.fetch>[1];

  function env(changes: object = {}): Env {
    return { ...away, CACHE: kv as unknown as KVNamespace, ...changes } as Env;
  }

  beforeEach(() => {
    kv.get = async () => "[]";
  });

  test("does not connect if KV has the result", async () => {
    const { status, headers } = await call(cached, "/", { env: env() });
    expect(status).toBe(200);
    expect(headers.get("x-cache")).toBe("hit");
  });

  test("checks the health of the database without KV", async () => {
    const { status, headers } = await call(cached, "/healthz", { env: env() });
    expect(status).toBe(503);
    expect(headers.get("x-cache")).toBe("bypass");
  });

  test("sends no cache header without a read", async () => {
    expect((await call(cached, "/favicon.ico", { env: env() })).headers.has("x-cache")).toBe(false);
  });

  test("names a missing namespace in the error", async () => {
    const { status, body } = await call(cached, "/", { env: env({ CACHE: undefined }) });
    expect(status).toBe(500);
    expect(body.error).toBe("The binding `CACHE` is missing. Bind a KV namespace to this Worker under that name.");
  });

  test.each(["59", "soon"])("rejects CACHE_SECONDS %s", async (CACHE_SECONDS) => {
    expect((await call(cached, "/", { env: env({ CACHE_SECONDS }) })).status).toBe(500);
    expect(log).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("the cache duration must be at least 60 s"));
  });
});
