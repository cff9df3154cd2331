import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { worker } from "../src/service/worker.ts";
import { call, databaseError, FakeDriver } from "./requests.ts";

const ITEM = { id: "1", name: "one", created_at: new Date("2026-01-02T03:04:05Z") };

function rows(text: string): object[] {
  if (text.includes("server_version")) return [{ version: "18.4" }];
  if (text.includes("pg_tables")) return [{ schemaname: "public", tablename: "items" }];
  if (text.includes("public.items")) return [ITEM];
  return [{ alive: 1 }];
}

/** A database that responds to all queries except those of the sample table. */
function without(items: Error) {
  return (text: string) => {
    if (text.includes("public.items")) throw items;
    return rows(text);
  };
}

function failing(error: unknown) {
  return new FakeDriver(() => {
    throw error;
  });
}

const log = vi.spyOn(console, "error");
beforeEach(() => void log.mockReset().mockReturnValue());
afterEach(() => void vi.useRealTimers());

describe("GET /", () => {
  test("it returns the rows, the driver, the server version and the latency", async () => {
    const { status, body } = await call(worker(new FakeDriver(rows)), "/");
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      driver: "fake",
      driver_version: "1.2.3",
      server_version: "18.4",
      latency_ms: expect.any(Number),
      result: [{ id: "1", name: "one", created_at: "2026-01-02T03:04:05.000Z" }],
    });
  });

  test("the number of rows is limited by a parameter", async () => {
    const driver = new FakeDriver(rows);
    await call(worker(driver), "/");
    const statement = driver.statements.find(({ text }) => text.includes("public.items"));
    expect(statement?.text).toMatch(/ limit \?$/);
    expect(statement?.parameters).toEqual([20]);
  });

  test.each(["42P01", "42703", "42501"])("a database without a usable sample table (%s) is not an error", async (code) => {
    const { status, body } = await call(worker(new FakeDriver(without(databaseError(code, "theirs")))), "/");
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, server_version: "18.4", result: [] });
    expect(body.note).toContain("public.items");
  });

  test("an int8 that a driver reads as BigInt is a string in the response", async () => {
    const big = { ...ITEM, id: 9007199254740993n };
    const driver = new FakeDriver((text) => (text.includes("public.items") ? [big] : rows(text)));
    const { body } = await call(worker(driver), "/");
    expect(body.result).toMatchObject([{ id: "9007199254740993" }]);
  });
});

test("GET /tables returns the tables without system tables", async () => {
  const driver = new FakeDriver(rows);
  const { status, body } = await call(worker(driver), "/tables");
  expect(status).toBe(200);
  expect(body).toEqual({ success: true, result: [{ schemaname: "public", tablename: "items" }] });
  expect(driver.statements[0]?.text).toContain("not in ('pg_catalog', 'information_schema')");
  expect(driver.statements[0]?.parameters).toEqual([100]);
});

describe("GET /healthz", () => {
  test("it is ok if the database responds", async () => {
    const { status, body } = await call(worker(new FakeDriver(rows)), "/healthz");
    expect(status).toBe(200);
    expect(body).toEqual({ status: "ok" });
  });

  test.each([new Error("refused"), databaseError("28P01", "no"), new TypeError("bug")])(
    "it is 503 whatever the reason: %s",
    async (error) => {
      const { status, body } = await call(worker(failing(error)), "/healthz");
      expect(status).toBe(503);
      expect(body.success).toBe(false);
    },
  );
});

describe("GET /at-once", () => {
  test("it counts the server processes of ten concurrent queries", async () => {
    let served = 0;
    const driver = new FakeDriver(() => [{ process: served++ % 3 }]);
    const { status, body } = await call(worker(driver), "/at-once");
    expect(status).toBe(200);
    expect(body).toEqual({ success: true, queries: 10, connections: 3 });
    expect(driver.statements.map(({ text }) => text)).toEqual(Array(10).fill(expect.stringContaining("pg_sleep")));
  });
});

describe("POST /items", () => {
  const post = (body: BodyInit | null, driver = new FakeDriver(rows)) =>
    call(worker(driver), "/items", { method: "POST", body });

  test("it sends the name as a parameter and returns the row", async () => {
    const driver = new FakeDriver(rows);
    const { status, body } = await post(JSON.stringify({ name: "one'; drop" }), driver);
    expect(status).toBe(201);
    expect(body).toEqual({ success: true, result: { ...ITEM, created_at: "2026-01-02T03:04:05.000Z" } });
    expect(driver.statements).toEqual([
      {
        text: "insert into public.items (name) values (?) returning id, name, created_at",
        parameters: ["one'; drop"],
      },
    ]);
  });

  test.each([
    [null, "The body must be JSON."],
    ["", "The body must be JSON."],
    ["name=one", "The body must be JSON."],
    ["null", "Send the item's name"],
    ["[]", "Send the item's name"],
    ["{}", "Send the item's name"],
    ['{"name": 1}', "Send the item's name"],
    ['{"name": ""}', "Send the item's name"],
    [JSON.stringify({ name: "x".repeat(201) }), "The name must have 1 to 200 characters."],
    ['{"name": "a\\u0000b"}', "The name must have 1 to 200 characters."],
    ['{"name": "\\ud800"}', "The name must have 1 to 200 characters."],
  ])("%s is 400 before a connection is opened", async (body, error) => {
    const driver = new FakeDriver(rows);
    const answer = await post(body, driver);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain(error);
    expect(driver.opened).toBe(0);
  });

  test("the longest name is accepted", async () => {
    expect((await post(JSON.stringify({ name: "ü".repeat(200) }))).status).toBe(201);
  });

  test("a body that is too large is 413 and not read completely", async () => {
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(1024));
      },
    });
    const driver = new FakeDriver(rows);
    expect((await post(endless, driver)).status).toBe(413);
    expect(pulled).toBeLessThan(10);
    expect(driver.opened).toBe(0);
  });

  test.each(["42P01", "42703", "42501"])("a table that rejects it (%s) is a 500", async (code) => {
    const { status, body } = await post('{"name": "one"}', failing(databaseError(code, "theirs")));
    expect(status).toBe(500);
    expect(body).toEqual({ success: false, error: "The request failed. See the Worker's log for the reason." });
  });

  test("a driver's own access to the sample table is used", async () => {
    const items = { first: async () => [ITEM], add: async (name: string) => ({ ...ITEM, name }) };
    const driver = new FakeDriver(rows);
    const open = async () => ({ ...(await driver.open()), items });
    const handler = worker({ name: "fake", version: "1.2.3", open });
    const { body } = await call(handler, "/items", { method: "POST", body: '{"name": "two"}' });
    expect(body.result).toMatchObject({ name: "two" });
    expect(driver.statements).toEqual([]);
  });
});

describe("an unknown route", () => {
  test.each(["/favicon.ico", "/item", "/constructor"])("%s is 404 before a connection is opened", async (path) => {
    const driver = new FakeDriver(rows);
    const { status, body } = await call(worker(driver), path);
    expect(status).toBe(404);
    expect(body).toEqual({ success: false, error: "Not found. This Worker has the paths /, /items, /tables, /at-once, /healthz." });
    expect(driver.opened).toBe(0);
  });

  test.each(["POST", "PUT", "DELETE", "OPTIONS"])("%s is 405 and lists the allowed methods", async (method) => {
    const driver = new FakeDriver(rows);
    const { status, headers, body } = await call(worker(driver), "/", { method });
    expect(status).toBe(405);
    expect(body.error).toBe("This path accepts GET, HEAD.");
    expect(headers.get("allow")).toBe("GET, HEAD");
    expect(driver.opened).toBe(0);
  });

  test("GET is 405 if only POST is allowed", async () => {
    const { status, headers } = await call(worker(new FakeDriver(rows)), "/items");
    expect(status).toBe(405);
    expect(headers.get("allow")).toBe("POST");
  });

  test("HEAD has the response of GET without the body", async () => {
    const { status, headers, text } = await call(worker(new FakeDriver(rows)), "/", { method: "HEAD" });
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("application/json");
    expect(text).toBe("");
  });
});

describe("the connection", () => {
  test("each request opens its own", async () => {
    const driver = new FakeDriver(rows);
    const handler = worker(driver);
    await call(handler, "/");
    await call(handler, "/");
    expect(driver.opened).toBe(2);
  });

  test("a driver closes the connection after the response, which does not wait", async () => {
    const never = new Promise<never>(() => {});
    const { status, afterwards } = await call(worker(new FakeDriver(rows, () => never)), "/");
    expect(status).toBe(200);
    expect(afterwards).toEqual([never]);
  });

  test("it is closed after a failure too", async () => {
    const close = vi.fn(async () => {});
    const driver = new FakeDriver(() => Promise.reject(new Error("lost")), close);
    await call(worker(driver), "/");
    expect(close).toHaveBeenCalledOnce();
  });
});

describe("a failure", () => {
  test.each(["08006", "53300", "57P01", "57P03", "58000"])("SQLSTATE %s is a temporary error", async (code) => {
    const { status, headers, body } = await call(worker(failing(databaseError(code, "x"))), "/");
    expect(status).toBe(503);
    expect(headers.get("retry-after")).toBe("5");
    expect(body).toEqual({ success: false, error: "The database did not respond." });
  });

  test.each([
    new Error("Connection terminated unexpectedly"),
    databaseError("ECONNREFUSED", "connect"),
    databaseError("EPIPE", "write"),
    databaseError("CONNECT_TIMEOUT", "write CONNECT_TIMEOUT"),
  ])("what the server did not say is a lost connection: %s", async (error) => {
    expect((await call(worker(failing(error)), "/")).status).toBe(503);
  });

  test.each([databaseError("28P01", "p"), databaseError("3D000", "d"), new TypeError("t"), "text"])(
    "anything else is 500 with a general text: %s",
    async (error) => {
      const { status, headers, body } = await call(worker(failing(error)), "/");
      expect(status).toBe(500);
      expect(headers.has("retry-after")).toBe(false);
      expect(body).toEqual({ success: false, error: "The request failed. See the Worker's log for the reason." });
    },
  );

  test("the message of the database is in the log and not in the response", async () => {
    const words = 'password authentication failed for user "app"';
    const { text } = await call(worker(failing(databaseError("28P01", words))), "/");
    expect(text).not.toContain("app");
    expect(log).toHaveBeenCalledExactlyOnceWith(`Error 28P01: ${words}`);
  });

  test("credentials of a URL are not in the log", async () => {
    await call(worker(failing(new TypeError("Invalid URL: postgres://app:s3cret@db.example.com/app"))), "/");
    expect(log).toHaveBeenCalledExactlyOnceWith("TypeError: Invalid URL: postgres://…@db.example.com/app");
  });

  test("a database that does not respond is a timeout", async () => {
    vi.useFakeTimers();
    const silent = new FakeDriver(() => new Promise<never>(() => {}));
    const answer = call(worker(silent), "/");
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await answer).status).toBe(503);
  });

  test("no timer runs after the response", async () => {
    vi.useFakeTimers();
    await call(worker(new FakeDriver(rows)), "/");
    expect(vi.getTimerCount()).toBe(0);
  });
});

test("responses must not be stored by caches", async () => {
  const { headers } = await call(worker(new FakeDriver(rows)), "/healthz");
  expect(headers.get("cache-control")).toBe("no-store");
});
