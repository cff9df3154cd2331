import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { worker } from "../src/service/worker.ts";
import { asked, databaseError, FakeDriver } from "./asked.ts";

const ITEM = { id: "1", name: "one", created_at: new Date("2026-01-02T03:04:05Z") };

function rows(text: string): object[] {
  if (text.includes("server_version")) return [{ version: "18.4" }];
  if (text.includes("pg_tables")) return [{ schemaname: "public", tablename: "items" }];
  if (text.includes("public.items")) return [ITEM];
  return [{ alive: 1 }];
}

/** A database that answers everything but the sample table. */
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
  test("it answers the rows, the driver, the server's version and the time it took", async () => {
    const { status, body } = await asked(worker(new FakeDriver(rows)), "/");
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
    await asked(worker(driver), "/");
    const statement = driver.statements.find(({ text }) => text.includes("public.items"));
    expect(statement?.text).toMatch(/ limit \?$/);
    expect(statement?.parameters).toEqual([20]);
  });

  test.each(["42P01", "42703", "42501"])("a database without a sample table for us (%s) is no error", async (code) => {
    const { status, body } = await asked(worker(new FakeDriver(without(databaseError(code, "theirs")))), "/");
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, server_version: "18.4", result: [] });
    expect(body.note).toContain("public.items");
  });

  test("an int8 that a driver reads as BigInt is text in the answer", async () => {
    const big = { ...ITEM, id: 9007199254740993n };
    const driver = new FakeDriver((text) => (text.includes("public.items") ? [big] : rows(text)));
    const { body } = await asked(worker(driver), "/");
    expect(body.result).toMatchObject([{ id: "9007199254740993" }]);
  });
});

test("GET /tables answers the tables that are not the system's", async () => {
  const driver = new FakeDriver(rows);
  const { status, body } = await asked(worker(driver), "/tables");
  expect(status).toBe(200);
  expect(body).toEqual({ success: true, result: [{ schemaname: "public", tablename: "items" }] });
  expect(driver.statements[0]?.text).toContain("not in ('pg_catalog', 'information_schema')");
  expect(driver.statements[0]?.parameters).toEqual([100]);
});

describe("GET /healthz", () => {
  test("it is ok when the database answers", async () => {
    const { status, body } = await asked(worker(new FakeDriver(rows)), "/healthz");
    expect(status).toBe(200);
    expect(body).toEqual({ status: "ok" });
  });

  test.each([new Error("refused"), databaseError("28P01", "no"), new TypeError("bug")])(
    "it is 503 whatever the reason: %s",
    async (error) => {
      const { status, body } = await asked(worker(failing(error)), "/healthz");
      expect(status).toBe(503);
      expect(body.success).toBe(false);
    },
  );
});

describe("GET /at-once", () => {
  test("it counts the processes that served ten queries made at once", async () => {
    let served = 0;
    const driver = new FakeDriver(() => [{ process: served++ % 3 }]);
    const { status, body } = await asked(worker(driver), "/at-once");
    expect(status).toBe(200);
    expect(body).toEqual({ success: true, queries: 10, connections: 3 });
    expect(driver.statements.map(({ text }) => text)).toEqual(Array(10).fill(expect.stringContaining("pg_sleep")));
  });
});

describe("POST /items", () => {
  const post = (body: BodyInit | null, driver = new FakeDriver(rows)) =>
    asked(worker(driver), "/items", { method: "POST", body });

  test("it writes the name through a parameter and answers the row", async () => {
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
    [null, "The body is not JSON."],
    ["", "The body is not JSON."],
    ["name=one", "The body is not JSON."],
    ["null", "Send the item's name"],
    ["[]", "Send the item's name"],
    ["{}", "Send the item's name"],
    ['{"name": 1}', "Send the item's name"],
    ['{"name": ""}', "Send the item's name"],
    [JSON.stringify({ name: "x".repeat(201) }), "A name has 1 to 200 characters."],
    ['{"name": "a\\u0000b"}', "A name has 1 to 200 characters."],
    ['{"name": "\\ud800"}', "A name has 1 to 200 characters."],
  ])("%s is 400 before a connection is made", async (body, error) => {
    const driver = new FakeDriver(rows);
    const answer = await post(body, driver);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain(error);
    expect(driver.opened).toBe(0);
  });

  test("the longest name is taken", async () => {
    expect((await post(JSON.stringify({ name: "ü".repeat(200) }))).status).toBe(201);
  });

  test("a body that is too large is 413, read no further than that", async () => {
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

  test.each(["42P01", "42703", "42501"])("a table that does not take it (%s) is a 500, not a note", async (code) => {
    const { status, body } = await post('{"name": "one"}', failing(databaseError(code, "theirs")));
    expect(status).toBe(500);
    expect(body).toEqual({ success: false, error: "The request failed. The Worker's log has the reason." });
  });

  test("a driver's own words for the sample table are used", async () => {
    const items = { first: async () => [ITEM], add: async (name: string) => ({ ...ITEM, name }) };
    const driver = new FakeDriver(rows);
    const open = async () => ({ ...(await driver.open()), items });
    const handler = worker({ name: "fake", version: "1.2.3", open });
    const { body } = await asked(handler, "/items", { method: "POST", body: '{"name": "two"}' });
    expect(body.result).toMatchObject({ name: "two" });
    expect(driver.statements).toEqual([]);
  });
});

describe("what is no route", () => {
  test.each(["/favicon.ico", "/item", "/constructor"])("%s is 404 before a connection is made", async (path) => {
    const driver = new FakeDriver(rows);
    const { status, body } = await asked(worker(driver), path);
    expect(status).toBe(404);
    expect(body).toEqual({ success: false, error: "Nothing is here. This Worker answers /, /items, /tables, /at-once, /healthz." });
    expect(driver.opened).toBe(0);
  });

  test.each(["POST", "PUT", "DELETE", "OPTIONS"])("%s is 405 and names the methods that work", async (method) => {
    const driver = new FakeDriver(rows);
    const { status, headers, body } = await asked(worker(driver), "/", { method });
    expect(status).toBe(405);
    expect(body.error).toBe("This path takes GET, HEAD.");
    expect(headers.get("allow")).toBe("GET, HEAD");
    expect(driver.opened).toBe(0);
  });

  test("GET is 405 where only POST works", async () => {
    const { status, headers } = await asked(worker(new FakeDriver(rows)), "/items");
    expect(status).toBe(405);
    expect(headers.get("allow")).toBe("POST");
  });

  test("HEAD answers as GET does, without the body", async () => {
    const { status, headers, text } = await asked(worker(new FakeDriver(rows)), "/", { method: "HEAD" });
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("application/json");
    expect(text).toBe("");
  });
});

describe("the connection", () => {
  test("each request makes its own", async () => {
    const driver = new FakeDriver(rows);
    const handler = worker(driver);
    await asked(handler, "/");
    await asked(handler, "/");
    expect(driver.opened).toBe(2);
  });

  test("a driver that closes does so after the answer, which does not wait for it", async () => {
    const never = new Promise<never>(() => {});
    const { status, afterwards } = await asked(worker(new FakeDriver(rows, () => never)), "/");
    expect(status).toBe(200);
    expect(afterwards).toEqual([never]);
  });

  test("it is closed after a failure too", async () => {
    const close = vi.fn(async () => {});
    const driver = new FakeDriver(() => Promise.reject(new Error("lost")), close);
    await asked(worker(driver), "/");
    expect(close).toHaveBeenCalledOnce();
  });
});

describe("a failure", () => {
  test.each(["08006", "53300", "57P01", "57P03", "58000"])("SQLSTATE %s means: ask again later", async (code) => {
    const { status, headers, body } = await asked(worker(failing(databaseError(code, "x"))), "/");
    expect(status).toBe(503);
    expect(headers.get("retry-after")).toBe("5");
    expect(body).toEqual({ success: false, error: "The database did not answer." });
  });

  test.each([
    new Error("Connection terminated unexpectedly"),
    databaseError("ECONNREFUSED", "connect"),
    databaseError("EPIPE", "write"),
    databaseError("CONNECT_TIMEOUT", "write CONNECT_TIMEOUT"),
  ])("what the server did not say is a lost connection: %s", async (error) => {
    expect((await asked(worker(failing(error)), "/")).status).toBe(503);
  });

  test.each([databaseError("28P01", "p"), databaseError("3D000", "d"), new TypeError("t"), "text"])(
    "anything else is 500 with a general text: %s",
    async (error) => {
      const { status, headers, body } = await asked(worker(failing(error)), "/");
      expect(status).toBe(500);
      expect(headers.has("retry-after")).toBe(false);
      expect(body).toEqual({ success: false, error: "The request failed. The Worker's log has the reason." });
    },
  );

  test("the database's words reach the log and never the caller", async () => {
    const words = 'password authentication failed for user "app"';
    const { text } = await asked(worker(failing(databaseError("28P01", words))), "/");
    expect(text).not.toContain("app");
    expect(log).toHaveBeenCalledExactlyOnceWith(`Error 28P01: ${words}`);
  });

  test("credentials of a URL do not reach the log", async () => {
    await asked(worker(failing(new TypeError("Invalid URL: postgres://app:s3cret@db.example.com/app"))), "/");
    expect(log).toHaveBeenCalledExactlyOnceWith("TypeError: Invalid URL: postgres://…@db.example.com/app");
  });

  test("a database that never answers is given up", async () => {
    vi.useFakeTimers();
    const silent = new FakeDriver(() => new Promise<never>(() => {}));
    const answer = asked(worker(silent), "/");
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await answer).status).toBe(503);
  });

  test("no timer outlives an answer", async () => {
    vi.useFakeTimers();
    await asked(worker(new FakeDriver(rows)), "/");
    expect(vi.getTimerCount()).toBe(0);
  });
});

test("no answer may be stored on the way", async () => {
  const { headers } = await asked(worker(new FakeDriver(rows)), "/healthz");
  expect(headers.get("cache-control")).toBe("no-store");
});
