import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import pg from "../src/pg.ts";
import postgres from "../src/postgres.ts";
import type { Env } from "../src/service/binding.ts";
import { numbered } from "../src/service/database.ts";
import { asked } from "./asked.ts";

/** Accepts connections and closes them at once, as Hyperdrive's local stand-in does when the database is down. */
let server: Server;
let connections = 0;
let env: Env;

beforeEach(async () => {
  vi.spyOn(console, "error").mockReturnValue();
  connections = 0;
  server = createServer((socket) => {
    connections += 1;
    socket.on("error", () => {}).resume().end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  env = { HYPERDRIVE: { host: "127.0.0.1", port, user: "app", password: "p%@/", database: "app" } as Hyperdrive };
});
afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

describe.each(Object.entries({ pg, postgres }))("%s", (_name, driver) => {
  test("a database that closes the connection is a 503 after a handful of attempts", async () => {
    const { status, body } = await asked(driver, "/", { env });
    expect(status).toBe(503);
    expect(body).toEqual({ success: false, error: "The database did not answer." });
    expect(connections).toBeGreaterThan(0);
    expect(connections).toBeLessThanOrEqual(6);
  });

  test("a refused connection is a 503", async () => {
    await new Promise((resolve) => server.close(resolve));
    expect((await asked(driver, "/healthz", { env })).status).toBe(503);
  });

  test("a missing binding is named to the developer", async () => {
    const { status, body } = await asked(driver, "/", { env: {} as Env });
    expect(status).toBe(500);
    expect(body.error).toContain("`HYPERDRIVE` is missing");
  });
});

test("values of a template become numbered parameters", () => {
  const text = (template: TemplateStringsArray, ..._values: unknown[]) => numbered(template);
  expect(text`select ${1}, ${"a"} where true`).toBe("select $1, $2 where true");
});
