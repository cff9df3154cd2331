import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import cached from "../src/cached.ts";
import { type CacheOptions, ReadCache } from "../src/service/cache.ts";
import type { Parameter, Query } from "../src/service/query.ts";
import { asked } from "./asked.ts";

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

/** A database that gives `rows`, and how often it was asked. */
function database(rows: object[] | Error = [{ id: "1" }]) {
  const made = {
    asked: 0,
    read: (async (_text: TemplateStringsArray, ..._parameters: Parameter[]) => {
      made.asked += 1;
      if (rows instanceof Error) throw rows;
      return rows;
    }) as Query,
  };
  return made;
}

/** Asks one question in a request of its own, and lets it finish what it left for later. */
async function answer({ read }: { read: Query }, options: Partial<CacheOptions> = {}) {
  const made = cache(options);
  const rows = await made.through(read)`select id from items where owner = ${"ada@example.com"}`;
  await Promise.all(later);
  return { rows, outcome: made.outcome };
}

describe("a read", () => {
  test("is asked of the database once and answered from KV after that", async () => {
    const items = database();
    expect(await answer(items)).toEqual({ rows: [{ id: "1" }], outcome: "miss" });
    expect(await answer(items)).toEqual({ rows: [{ id: "1" }], outcome: "hit" });
    expect(items.asked).toBe(1);
  });

  test("that finds nothing is kept too", async () => {
    const items = database([]);
    await answer(items);
    expect(await answer(items)).toEqual({ rows: [], outcome: "hit" });
  });

  test("looks the same from the database and from KV", async () => {
    const row = { day: new Date("2026-01-02T03:04:05.678Z"), big: 9007199254740993n, none: null, tags: ["a", 1n] };
    const items = database([row]);
    const [fromDatabase, fromKv] = [await answer(items), await answer(items)];
    expect(fromKv.rows).toEqual(fromDatabase.rows);
    expect(fromKv.rows).toEqual([
      { day: "2026-01-02T03:04:05.678Z", big: "9007199254740993", none: null, tags: ["a", "1"] },
    ]);
  });

  test("is kept as long as it is told to", async () => {
    await answer(database(), { seconds: 300 });
    expect(kv.lifetimes).toEqual([300]);
  });

  test.each([59, 0, -1, Number.NaN])("is not kept for %s seconds, which KV refuses", (seconds) => {
    expect(() => cache({ seconds })).toThrow(`answers are cached for ${seconds} s; KV keeps them for 60 s or more`);
  });

  test("that fails is not kept", async () => {
    await expect(answer(database(new Error("relation does not exist")))).rejects.toThrow("relation does not exist");
    expect(kv.values.size).toBe(0);
    expect(await answer(database())).toMatchObject({ outcome: "miss" });
  });

  test("does not wait until KV has it", async () => {
    kv.put = () => new Promise(() => {});
    expect(await cache().through(database().read)`select 1`).toEqual([{ id: "1" }]);
    expect(later).toHaveLength(1);
  });
});

describe("a key", () => {
  /** The key of one question. */
  async function keyOf(ask: (query: Query) => Promise<unknown>, options: Partial<CacheOptions> = {}): Promise<string> {
    kv = new FakeKv();
    await ask(cache(options).through(database().read));
    await Promise.all(later);
    return [...kv.values.keys()].join();
  }

  test("has its prefix and shows nothing of the question", async () => {
    const key = await keyOf((query) => query`select ${"ada@example.com"}`);
    expect(key).toMatch(/^v1:[0-9a-f]{64}$/);
  });

  test("is the same for the same question", async () => {
    const ask = (query: Query) => query`select ${1}`;
    expect(await keyOf(ask)).toBe(await keyOf(ask));
  });

  test("is another one for each statement and each parameter", async () => {
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

  test("of another version finds nothing that was kept", async () => {
    const items = database();
    await answer(items);
    expect(await answer(items, { prefix: "v2" })).toMatchObject({ outcome: "miss" });
  });
});

describe("a bypass", () => {
  test("asks the database, and KV has the new answer", async () => {
    await answer(database([{ id: "old" }]));
    expect(await answer(database([{ id: "new" }]), { bypass: true })).toEqual({
      rows: [{ id: "new" }],
      outcome: "bypass",
    });
    expect(await answer(database([{ id: "newer" }]))).toEqual({ rows: [{ id: "new" }], outcome: "hit" });
  });
});

describe("the outcome", () => {
  test("is a hit only where all reads were", async () => {
    await answer(database());
    const made = cache();
    const query = made.through(database().read);
    expect(made.outcome).toBeUndefined();
    await query`select id from items where owner = ${"ada@example.com"}`;
    expect(made.outcome).toBe("hit");
    await query`select something else`;
    expect(made.outcome).toBe("miss");
    await query`select id from items where owner = ${"ada@example.com"}`;
    expect(made.outcome).toBe("miss");
  });
});

describe("a KV that does not work", () => {
  test("when it cannot be read, the database answers", async () => {
    kv.get = () => Promise.reject(new Error("KV GET failed: 503"));
    expect(await answer(database())).toEqual({ rows: [{ id: "1" }], outcome: "miss" });
    expect(log).toHaveBeenCalledExactlyOnceWith("cache, reading: Error: KV GET failed: 503");
  });

  test("when it cannot be written, the answer is given all the same", async () => {
    kv.put = () => Promise.reject(new Error("KV PUT failed: 429 Too Many Requests"));
    expect(await answer(database())).toEqual({ rows: [{ id: "1" }], outcome: "miss" });
    expect(log).toHaveBeenCalledExactlyOnceWith("cache, writing: Error: KV PUT failed: 429 Too Many Requests");
  });

  test("when it holds something else, the database answers", async () => {
    kv.get = async () => "<html>";
    expect(await answer(database())).toEqual({ rows: [{ id: "1" }], outcome: "miss" });
  });

  test("when it does not answer within a second, the database does", async () => {
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

  test("no timer outlives an answer", async () => {
    vi.useFakeTimers();
    await answer(database());
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the Worker", () => {
  /** Bound to a database that nobody reaches. */
  const away = { HYPERDRIVE: { host: "127.0.0.1", port: 1, user: "app", password: "p", database: "app" } as Hyperdrive };
  type Env = Parameters<typeof cached.fetch>[1];

  function env(changes: object = {}): Env {
    return { ...away, CACHE: kv as unknown as KVNamespace, ...changes } as Env;
  }

  beforeEach(() => {
    kv.get = async () => "[]";
  });

  test("does not connect where KV has the answer", async () => {
    const { status, headers } = await asked(cached, "/", { env: env() });
    expect(status).toBe(200);
    expect(headers.get("x-cache")).toBe("hit");
  });

  test("asks the database how it is, never KV", async () => {
    const { status, headers } = await asked(cached, "/healthz", { env: env() });
    expect(status).toBe(503);
    expect(headers.get("x-cache")).toBe("bypass");
  });

  test("says nothing of a cache where it read nothing", async () => {
    expect((await asked(cached, "/favicon.ico", { env: env() })).headers.has("x-cache")).toBe(false);
  });

  test("names a missing namespace to its developer", async () => {
    const { status, body } = await asked(cached, "/", { env: env({ CACHE: undefined }) });
    expect(status).toBe(500);
    expect(body.error).toBe("The binding `CACHE` is missing. Bind a KV namespace to this Worker under that name.");
  });

  test.each(["59", "soon"])("does not run with CACHE_SECONDS %s", async (CACHE_SECONDS) => {
    expect((await asked(cached, "/", { env: env({ CACHE_SECONDS }) })).status).toBe(500);
    expect(log).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("KV keeps them for 60 s or more"));
  });
});
