import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { reading } from "../src/service/routes.ts";
import { worker } from "../src/service/worker.ts";
import type { AccessEnv } from "../src/service/access.ts";
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
const logged = () => log.mock.calls.map(([line]) => JSON.parse(line));
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
  test("its query contains volatile functions, so that Hyperdrive does not cache it", async () => {
    const driver = new FakeDriver(rows);
    await call(worker(driver), "/healthz");
    expect(driver.statements).toEqual([{ text: "select now() as now, random() as random", parameters: [] }]);
  });

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

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])(
    "the content type %j is 415",
    async (type) => {
      const driver = new FakeDriver(rows);
      const headers = { "content-type": type };
      const answer = await call(worker(driver), "/items", { method: "POST", body: '{"name": "one"}', headers });
      expect(answer.status).toBe(415);
      expect(driver.opened).toBe(0);
    },
  );

  test.each([
    ["https://evil.example", 403],
    ["null", 403],
    ["http://api.localhost", 201],
  ])("the origin %s is %i", async (origin, status) => {
    const headers = { "content-type": "application/json; charset=utf-8", origin };
    const answer = await call(worker(new FakeDriver(rows)), "/items", { method: "POST", body: '{"name": "one"}', headers });
    expect(answer.status).toBe(status);
  });

  test("a slow body is 408, and opens no connection", async () => {
    vi.useFakeTimers();
    const driver = new FakeDriver(rows);
    const answer = post(new ReadableStream({ pull: () => new Promise<never>(() => {}) }), driver);
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await answer).status).toBe(408);
    expect(driver.opened).toBe(0);
    expect(log).not.toHaveBeenCalled();
  });

  test("a body that ends early is 400", async () => {
    const aborted = new ReadableStream({ pull: (controller) => controller.error(new Error("Network connection lost.")) });
    const driver = new FakeDriver(rows);
    expect((await post(aborted, driver)).status).toBe(400);
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
    expect(logged()).toMatchObject([{ code: "28P01", message: words }]);
  });

  test("the log has the request's identifier, path and duration, and the response has the identifier", async () => {
    const { headers } = await call(worker(failing(databaseError("57P01", "x"))), "/tables?secret=1");
    expect(logged()).toEqual([
      {
        request: headers.get("x-request-id"),
        method: "GET",
        path: "/tables",
        driver: "fake",
        status: 503,
        duration_ms: expect.any(Number),
        kind: "unavailable",
        name: "Error",
        code: "57P01",
        message: "x",
      },
    ]);
  });

  test("Cloudflare's identifier of a request is used, and no other text of a client", async () => {
    const handler = worker(failing(databaseError("57P01", "x")));
    const ids = ["8f1c2d3e4f5a6b7c-FRA", "a private value"].map((ray) => call(handler, "/", { headers: { "cf-ray": ray } }));
    const [first, second] = (await Promise.all(ids)).map(({ headers }) => headers.get("x-request-id"));
    expect(first).toBe("8f1c2d3e4f5a6b7c-FRA");
    expect(second).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("the message of a mistake in the code is not in the log, but its place is", async () => {
    await call(worker(failing(new TypeError("Invalid URL: a private value"))), "/");
    expect(log.mock.calls.join()).not.toContain("private");
    expect(logged()).toMatchObject([{ name: "TypeError", kind: "application", stack: expect.any(Array) }]);
    expect(logged()[0].stack[0]).toMatch(/^at /);
  });

  test.each(["app:s3cret@db.example.com", "app:p@ss/w0rd@db.example.com"])("credentials of %s are not in the log", async (text) => {
    await call(worker(failing(new Error(`cannot connect to postgres://${text}/app now`))), "/");
    expect(logged()).toMatchObject([{ message: "cannot connect to postgres://…@db.example.com/app now" }]);
  });

  test("an error of the application is a 500, although it resembles a lost connection", async () => {
    const open = () => new FakeDriver(rows).open();
    const own = new Map([["/own", reading(() => Promise.reject(new Error("connection refused")))]]);
    const { status, headers } = await call(worker({ name: "fake", version: "1", open, routes: own }), "/own");
    expect([status, headers.has("retry-after")]).toEqual([500, false]);
    expect(logged()).toMatchObject([{ kind: "application" }]);
    expect(log.mock.calls.join()).not.toContain("refused");
  });

  test.each(["40001", "40P01", "55P03", "57014"])("SQLSTATE %s means that the request can be repeated", async (code) => {
    const { status, headers, body } = await call(worker(failing(databaseError(code, "x"))), "/");
    expect([status, headers.get("retry-after")]).toEqual([503, "1"]);
    expect(body.error).toBe("The database is busy. Nothing was changed. Repeat the request.");
  });

  test.each(["23503", "23505", "23514", "23P01"])("SQLSTATE %s is a conflict of the client", async (code) => {
    const { status } = await call(worker(failing(databaseError(code, "Key (name)=(a private value) exists"))), "/");
    expect(status).toBe(409);
    expect(log.mock.calls.join()).not.toContain("private");
  });

  test("a database that does not respond is a timeout", async () => {
    vi.useFakeTimers();
    const silent = new FakeDriver(() => new Promise<never>(() => {}));
    const answer = call(worker(silent), "/");
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await answer).status).toBe(503);
  });

  test("the connection is closed at the deadline, and the driver learns of it", async () => {
    vi.useFakeTimers();
    const close = vi.fn(async () => {});
    const driver = new FakeDriver(() => new Promise<never>(() => {}), close);
    const answer = call(worker(driver), "/");
    await vi.advanceTimersByTimeAsync(10_000);
    await answer;
    expect(driver.signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(close).toHaveBeenCalledOnce();
  });

  test("a connection that opens after the deadline is closed", async () => {
    vi.useFakeTimers();
    const close = vi.fn(async () => {});
    const driver = new FakeDriver(rows, close);
    const open = async (_env: object, signal: AbortSignal) => {
      await new Promise((resolve) => setTimeout(resolve, 11_000));
      return driver.open(_env, signal);
    };
    const answer = call(worker({ name: "fake", version: "1", open }), "/");
    await vi.advanceTimersByTimeAsync(12_000);
    expect((await answer).status).toBe(503);
    expect(close).toHaveBeenCalledOnce();
    expect(driver.statements).toEqual([]);
  });

  test("no timer runs after the response", async () => {
    vi.useFakeTimers();
    await call(worker(new FakeDriver(rows)), "/");
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("access", () => {
  const origin = "https://api.example.com";
  const ask = (env: AccessEnv, authorization?: string, from = origin) =>
    call(worker(new FakeDriver(rows)), "/healthz", {
      env,
      origin: from,
      ...(authorization === undefined ? {} : { headers: { authorization } }),
    });

  test.each([
    [{}, undefined],
    [{}, "Bearer "],
    [{}, "Bearer undefined"],
    [{ API_TOKEN: "" }, "Bearer "],
    [{ API_TOKEN: "t0ken" }, undefined],
    [{ API_TOKEN: "t0ken" }, "Bearer other"],
    [{ API_TOKEN: "t0ken" }, "t0ken"],
  ])("with %j, the header %j is 401", async (env, authorization) => {
    const { status, headers, text } = await ask(env, authorization);
    expect([status, headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect(text).not.toContain("t0ken");
  });

  test("the token opens it", async () => {
    expect((await ask({ API_TOKEN: "t0ken" }, "Bearer t0ken")).status).toBe(200);
  });

  test.each(["http://api.localhost:8787", "http://localhost", "http://127.0.0.1:8080"])("%s needs none", async (from) => {
    expect((await ask({}, undefined, from)).status).toBe(200);
  });

  test.each(["https://localhost.example.com", "https://api.localhost.example.com", "https://127.0.0.1.example.com"])(
    "%s needs one",
    async (from) => {
      expect((await ask({}, undefined, from)).status).toBe(401);
    },
  );
});

test("responses must not be stored by caches", async () => {
  const { headers } = await call(worker(new FakeDriver(rows)), "/healthz");
  expect(headers.get("cache-control")).toBe("no-store");
});
