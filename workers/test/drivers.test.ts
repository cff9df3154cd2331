import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import drizzle from "../src/drizzle.ts";
import kysely from "../src/kysely.ts";
import pg from "../src/pg.ts";
import postgres from "../src/postgres.ts";
import prisma from "../src/prisma.ts";
import type { Env } from "../src/service/binding.ts";
import { numbered, sequence } from "../src/service/query.ts";
import { call } from "./requests.ts";

/** A server that sends `answer`, if there is one, and closes the connection, as Miniflare's Hyperdrive does. */
let server: Server;
let answer: Uint8Array | undefined;
let connections = 0;
let env: Env;

const log = vi.spyOn(console, "error");
const logged = () => log.mock.calls.map(([line]) => JSON.parse(line));

beforeEach(async () => {
  log.mockReset().mockReturnValue();
  answer = undefined;
  connections = 0;
  server = createServer((socket) => {
    connections += 1;
    socket.on("error", () => {}).resume();
    const said = answer;
    if (said) socket.once("data", () => socket.end(said));
    else socket.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  env = { HYPERDRIVE: { host: "127.0.0.1", port, user: "app", password: "p%@/", database: "app" } as Hyperdrive };
});
afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

/** Returns an error message of Postgres, https://www.postgresql.org/docs/18/protocol-message-formats.html, 2026-11-21. */
function errorResponse(code: string, message: string): Uint8Array {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(4 + fields.length, 1);
  return Buffer.concat([head, fields]);
}

describe.each(Object.entries({ drizzle, kysely, pg, postgres, prisma }))("%s", (_name, driver) => {
  test("a database that closes the connection is a 503 after some attempts", async () => {
    const { status, body } = await call(driver, "/", { env });
    expect(status).toBe(503);
    expect(body).toEqual({ success: false, error: "The database did not respond." });
    expect(connections).toBeGreaterThan(0);
    expect(connections).toBeLessThanOrEqual(6);
  });

  test("a message of the server that can contain a value is not in the log", async () => {
    answer = errorResponse("22P02", 'invalid input syntax for type bigint: "a private value"');
    expect((await call(driver, "/", { env })).status).toBe(500);
    expect(logged()).toMatchObject([{ code: "22P02", kind: "application" }]);
    expect(log.mock.calls.join()).not.toContain("private");
  });

  test.each(["40001", "40P01", "55P03", "57014"])("a transaction that can be repeated (%s) is a 503", async (code) => {
    answer = errorResponse(code, "theirs");
    const { status, headers } = await call(driver, "/", { env });
    expect([status, headers.get("retry-after")]).toEqual([503, "1"]);
  });

  test("a refused connection is a 503", async () => {
    await new Promise((resolve) => server.close(resolve));
    expect((await call(driver, "/healthz", { env })).status).toBe(503);
    expect((await call(driver, "/", { env })).status).toBe(503);
  });

  test.each([
    ["57P03", 503],
    ["28P01", 500],
    ["3D000", 500],
    ["XX000", 500],
  ])("the server's own error is found under the driver's: %s is a %s", async (code, status) => {
    answer = errorResponse(code, "theirs");
    expect((await call(driver, "/", { env })).status).toBe(status);
    expect(logged()).toMatchObject([{ code, ...(code === "XX000" ? {} : { message: "theirs" }) }]);
  });

  test("a value of a failed write is neither in the log nor in the response", async () => {
    answer = errorResponse("57P03", "theirs");
    const body = JSON.stringify({ name: "a private name" });
    const { text } = await call(driver, "/items", { env, method: "POST", body });
    expect(text).not.toContain("private");
    expect(JSON.stringify(logged())).not.toContain("private");
    expect(logged()).toMatchObject([{ code: "57P03", path: "/items", method: "POST" }]);
  });

  test("the error about a missing binding names it", async () => {
    const { status, body } = await call(driver, "/", { env: {} as Env });
    expect(status).toBe(500);
    expect(body.error).toContain("`HYPERDRIVE` is missing");
  });
});

test("values of a template become numbered parameters", () => {
  const text = (template: TemplateStringsArray, ..._values: unknown[]) => numbered(template);
  expect(text`select ${1}, ${"a"} where true`).toBe("select $1, $2 where true");
});

test("statements run sequentially, even after one that fails", async () => {
  let running = 0;
  const query = async (text: string) => {
    running += 1;
    await Promise.resolve();
    const together = running;
    running -= 1;
    if (text === "bad") throw new Error("bad");
    return together;
  };
  const inTurn = sequence();
  const results = await Promise.allSettled(["one", "bad", "two"].map((text) => inTurn(() => query(text))));
  expect(results).toMatchObject([{ value: 1 }, { reason: { message: "bad" } }, { value: 1 }]);
});
