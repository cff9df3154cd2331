import { createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import direct from "../src/direct.ts";
import { call } from "./requests.ts";

const TLS_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const OK = Buffer.from("R\0\0\0\x08\0\0\0\0", "latin1");
const READY = Buffer.from("Z\0\0\0\x05I", "latin1");
const COMPLETE = Buffer.from("C\0\0\0\x0dSELECT 1\0", "latin1");

/** A Postgres server without TLS and authentication, which returns no rows for every query. */
let server: Server;
let port: string;
let received: Buffer;

beforeEach(async () => {
  vi.spyOn(console, "error").mockReturnValue();
  received = Buffer.alloc(0);
  server = createServer((socket) => socket.on("error", () => {}).on("data", (sent) => answer(socket, sent as Buffer)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = String((server.address() as { port: number }).port);
});
afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

function answer(socket: Socket, sent: Buffer) {
  received = Buffer.concat([received, sent]);
  if (sent.equals(TLS_REQUEST)) socket.write("N");
  else if (sent[0] === 0) socket.write(Buffer.concat([OK, READY]));
  else if (sent[0] === "Q".charCodeAt(0)) socket.write(Buffer.concat([COMPLETE, READY]));
  else socket.end();
}

function parameters(more: object = {}) {
  return {
    DB_HOST: "127.0.0.1",
    DB_PORT: port,
    DB_NAME: "app",
    DB_USERNAME: "worker",
    DB_PASSWORD: "p%@/",
    ...more,
  };
}

describe("TLS", () => {
  test("it is requested by default, and without it no data is sent", async () => {
    const { status } = await call(direct, "/healthz", { env: parameters() });
    expect(status).toBe(503);
    expect(received.equals(TLS_REQUEST)).toBe(true);
  });

  test("it is requested if the connection string requires it", async () => {
    const env = { DB_URL: `postgresql://worker:p%25@127.0.0.1:${port}/app?sslmode=require` };
    expect((await call(direct, "/healthz", { env })).status).toBe(503);
    expect(received.equals(TLS_REQUEST)).toBe(true);
  });

  test.each([
    ["parameters", () => parameters({ DB_SSLMODE: "disable" })],
    ["a connection string", () => ({ DB_URL: `postgresql://worker:p@127.0.0.1:${port}/app?sslmode=disable` })],
  ])("there is none where %s say so", async (_name, env) => {
    expect((await call(direct, "/healthz", { env: env() })).status).toBe(200);
    expect(received.toString("latin1")).toContain("user\0worker\0database\0app\0");
  });
});

test("the user may be in DB_USER", async () => {
  const { DB_USERNAME: _, ...others } = parameters({ DB_SSLMODE: "disable", DB_USER: "renamed" });
  await call(direct, "/healthz", { env: others });
  expect(received.toString("latin1")).toContain("user\0renamed\0");
});

test("the connection is closed after the response", async () => {
  const { status, afterwards } = await call(direct, "/healthz", { env: parameters({ DB_SSLMODE: "disable" }) });
  expect(status).toBe(200);
  expect(afterwards).toHaveLength(1);
  await Promise.all(afterwards);
  expect(received.subarray(-5)).toEqual(Buffer.from("X\0\0\0\x04", "latin1"));
});

test("the error about a missing variable names it", async () => {
  const { DB_NAME: _, ...others } = parameters();
  const { status, body } = await call(direct, "/", { env: others });
  expect(status).toBe(500);
  expect(body.error).toContain("`DB_NAME` is missing");
});
