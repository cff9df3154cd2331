import type { Driver } from "../src/service/database.ts";
import type { Parameter } from "../src/service/query.ts";

export interface Statement {
  text: string;
  parameters: Parameter[];
}

/** A driver without a database. `answer` returns the rows of a statement, or throws the error of a driver. */
export class FakeDriver implements Driver<object> {
  readonly name = "fake";
  readonly version = "1.2.3";
  opened = 0;
  readonly signals: AbortSignal[] = [];
  readonly statements: Statement[] = [];
  readonly close?: () => Promise<unknown>;
  private readonly answer: (text: string) => object[] | Promise<object[]>;

  constructor(answer: (text: string) => object[] | Promise<object[]>, close?: () => Promise<unknown>) {
    this.answer = answer;
    if (close) this.close = close;
  }

  async open(_env?: object, signal?: AbortSignal) {
    this.opened += 1;
    if (signal) this.signals.push(signal);
    return {
      query: async <Row extends object>(template: TemplateStringsArray, ...parameters: Parameter[]) => {
        const text = template.join("?").replace(/\s+/g, " ").trim();
        this.statements.push({ text, parameters });
        return (await this.answer(text)) as Row[];
      },
      ...(this.close ? { close: this.close } : {}),
    };
  }
}

/** Returns an error of the server as drivers throw it. */
export function databaseError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

interface Handler<Bindings> {
  fetch(request: Request, env: Bindings, context: ExecutionContext): Promise<Response>;
}

export interface Call {
  status: number;
  headers: Headers;
  text: string;
  body: Record<string, unknown>;
  /** Work that continues after the response. */
  afterwards: Promise<unknown>[];
}

/** Sends one request to a Worker and returns the response. */
export async function call<Bindings>(
  handler: Handler<Bindings>,
  path: string,
  {
    method = "GET",
    env = {} as Bindings,
    body = null as BodyInit | null,
    headers = (method === "POST" ? { "content-type": "application/json" } : {}) as HeadersInit,
    origin = "http://api.localhost",
  } = {},
): Promise<Call> {
  const afterwards: Promise<unknown>[] = [];
  const context = { waitUntil: (work: Promise<unknown>) => afterwards.push(work) } as unknown as ExecutionContext;
  // Node requires `duplex: "half"` for a stream as a body.
  const request = new Request(`${origin}${path}`, { method, body, headers, duplex: "half" } as RequestInit);
  const response = await handler.fetch(request, env, context);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text ? JSON.parse(text) : {}, afterwards };
}
