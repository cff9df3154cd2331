import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import ppg from "../src/ppg.ts";
import { call } from "./requests.ts";

const URL_OF_THE_DATABASE = "postgres://user:pass@db.prisma.io:5432/postgres?sslmode=require";
const env = { PRISMA_DIRECT_TCP_URL: URL_OF_THE_DATABASE };

/** Requests that the service received over HTTP. */
let sent: { url: string; authorization: string; body: string }[];

beforeEach(() => {
  vi.spyOn(console, "error").mockReturnValue();
  sent = [];
});
afterEach(() => vi.unstubAllGlobals());

/** Configures the service to respond to every statement with these frames, or with a status. */
function service(frames: object[], status = 200) {
  vi.stubGlobal("fetch", async (url: string, { headers, body }: Request & { headers: { Authorization: string } }) => {
    sent.push({ url, authorization: headers.Authorization, body: await new Response(body).text() });
    return new Response(frames.map((frame) => `${JSON.stringify(frame)}\n`).join(""), { status });
  });
}

const COMPLETE = { complete: true };

describe("over HTTP", () => {
  test("int8 and dates are strings", async () => {
    const columns = [
      { name: "id", typeOid: 20 },
      { name: "name", typeOid: 25 },
      { name: "created_at", typeOid: 1184 },
    ];
    service([{ columns }, { values: ["9007199254740993", "one", "2026-01-02 03:04:05+00"] }, COMPLETE]);
    const { body } = await call(ppg, "/", { env });
    expect(body.result).toEqual([{ id: "9007199254740993", name: "one", created_at: "2026-01-02 03:04:05+00" }]);
  });

  test("host, database, user and password of the connection string are used, and its port is not", async () => {
    service([COMPLETE]);
    await call(ppg, "/healthz", { env });
    expect(sent[0]?.url).toBe("https://db.prisma.io/v0/statement?db=postgres");
    expect(sent[0]?.authorization).toBe(`Basic ${btoa("user:pass")}`);
  });

  test("values in a statement are sent as parameters", async () => {
    service([COMPLETE]);
    await call(ppg, "/tables", { env });
    expect(sent[0]?.body).toContain("limit $1");
    expect(sent[0]?.body).toContain('"parameters":[{"type":"text","value":"100"}]');
  });

  test("an unknown path sends no query", async () => {
    service([COMPLETE]);
    expect((await call(ppg, "/favicon.ico", { env })).status).toBe(404);
    expect(sent).toEqual([]);
  });
});

describe("a failure", () => {
  const error = "The request failed. See the Worker's log for the reason.";

  test("of a statement is a 500 without the message of the database", async () => {
    service([{ error: { code: "42P01", message: 'relation "secrets" does not exist' } }]);
    const { status, body } = await call(ppg, "/tables", { env });
    expect([status, body]).toEqual([500, { success: false, error }]);
  });

  test("of the authentication is a 500", async () => {
    service([], 401);
    const { status, body } = await call(ppg, "/tables", { env });
    expect([status, body]).toEqual([500, { success: false, error }]);
  });

  test("of the service is a 503", async () => {
    service([], 502);
    const { status, headers } = await call(ppg, "/tables", { env });
    expect([status, headers.get("retry-after")]).toEqual([503, "5"]);
  });

  test("due to a missing secret names it", async () => {
    for (const path of ["/", "/sequential", "/pipelined"]) {
      const { status, body } = await call(ppg, path, { env: {} as typeof env });
      expect([status, body.error]).toEqual([500, expect.stringContaining("`PRISMA_DIRECT_TCP_URL` is missing")]);
    }
  });
});

describe("in a session", () => {
  const FRAME = "urn:prisma:query:descriptor";

  /** Responds to statements with their number, in groups of `together`. */
  function socketThatAnswers(together: number) {
    let call = 0;
    let answered = 0;
    class Socket {
      static readonly OPEN = 1;
      readyState = Socket.OPEN;
      onopen = () => {};
      onmessage = (_event: { data: string }) => {};
      constructor() {
        setTimeout(() => this.onopen());
      }
      send(data: string) {
        if (data === FRAME) call += 1;
        else if (call - answered === together) queueMicrotask(() => this.answer());
      }
      answer() {
        for (; answered < call; answered += 1) {
          this.say("description", { columns: [{ name: "answer", typeOid: 23 }] });
          this.say("datarow", { values: [String(answered + 1)] });
          this.say("complete", COMPLETE);
        }
      }
      say(kind: string, frame: object) {
        this.onmessage({ data: `urn:prisma:query:result:${kind}` });
        this.onmessage({ data: JSON.stringify(frame) });
      }
      close() {}
    }
    vi.stubGlobal("WebSocket", Socket);
  }

  test("three sequential queries get separate responses", async () => {
    socketThatAnswers(1);
    expect((await call(ppg, "/sequential", { env })).body.result).toEqual([1, 2, 3]);
  });

  test("three concurrent queries get their responses together and in order", async () => {
    socketThatAnswers(3);
    expect((await call(ppg, "/pipelined", { env })).body.result).toEqual([1, 2, 3]);
  });
});
