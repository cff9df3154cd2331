// Reads through a cached configuration, and reads its own writes through the fresh one. It needs `pg`.
// `wrangler types` generates `Env`: the bindings `HYPERDRIVE` and `FRESH`, `CACHE_SECONDS`, and the secret `API_TOKEN`.
// After a write, a cookie sends the reads of the same client to `FRESH` until no cached result can be older.
import { Client } from "pg";

/** The database ends a statement of a write after this time, also if this Worker has ended. */
const LIMIT = "set local statement_timeout = 8000";
/** Codes and names of errors that may not occur again. After a lost connection, a write can have happened. */
const TEMPORARY = /^(08...|40...|53...|55P03|57...|58...|Error|TimeoutError|E[A-Z]+|CONN\w+)$/;
const COOKIE = "wrote";

export default {
  async fetch(request, env, ctx) {
    const started = Date.now();
    const name = await inputOf(request, env);
    if (name instanceof Response) return name;
    const signal = AbortSignal.timeout(10_000);
    const expired = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const hasWritten = (request.headers.get("cookie") ?? "").split("; ").includes(`${COOKIE}=1`);
    const { host, port, user, password, database } = hasWritten || name !== undefined ? env.FRESH : env.HYPERDRIVE;
    const client = new Client({ host, port, user, password, database, connectionTimeoutMillis: 4000 });
    client.on("error", () => {}); // the query fails with the reason
    try {
      const work = name === undefined ? read(client) : write(client, name, signal);
      const response = Response.json(await Promise.race([work, expired]), { status: name === undefined ? 200 : 201 });
      const cookie = `${COOKIE}=1; Max-Age=${env.CACHE_SECONDS}; Path=/items; HttpOnly; Secure; SameSite=Lax`;
      if (name !== undefined) response.headers.append("set-cookie", cookie);
      return response;
    } catch (error) {
      return failure(request, started, error);
    } finally {
      ctx.waitUntil(client.end());
    }
  },
} satisfies ExportedHandler<Env>;

/** Outside of a transaction, so that Hyperdrive can cache it. The role's `statement_timeout` limits it. */
async function read(client: Client) {
  await client.connect();
  return (await client.query("select id, name from items order by id limit 20")).rows;
}

async function write(client: Client, name: string, signal: AbortSignal) {
  await client.connect();
  await client.query(`begin; ${LIMIT}`);
  const { rows } = await client.query("insert into items (name) values ($1) returning id, name", [name]);
  signal.throwIfAborted(); // the client has got its response
  await client.query("commit");
  return rows[0];
}

/** Returns the name of the item to add, undefined for a read, or the response to a request that is not allowed. */
async function inputOf(request: Request, env: Env): Promise<string | undefined | Response> {
  const digest = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const [sent, expected] = [request.headers.get("authorization") ?? "", `Bearer ${env.API_TOKEN}`].map(digest);
  const isAllowed = env.API_TOKEN && crypto.subtle.timingSafeEqual((await sent)!, (await expected)!);
  if (!isAllowed) return new Response("Send the API token.", { status: 401 });
  const { pathname, origin } = new URL(request.url);
  if (pathname !== "/items" || !/^(GET|POST)$/.test(request.method)) return new Response("Not found.", { status: 404 });
  if (request.method === "GET") return undefined;
  if ((request.headers.get("origin") ?? origin) !== origin) return new Response("Wrong origin.", { status: 403 });
  const type = request.headers.get("content-type") ?? "";
  if (!type.startsWith("application/json")) return new Response("Send JSON.", { status: 415 });
  const body = (await request.json().catch(() => null)) as { name?: unknown } | null;
  const name = typeof body?.name === "string" ? body.name : "";
  return /^[^\0]{1,200}$/u.test(name) ? name : new Response("Send a name.", { status: 400 });
}

/** Logs no message, because messages of the database can contain values. */
function failure(request: Request, started: number, error: unknown): Response {
  const { name, code: sqlState } = error as { name: string; code?: unknown };
  const code = typeof sqlState === "string" ? sqlState : name; // the code of `TimeoutError` is a number
  const status = code === "23505" ? 409 : TEMPORARY.test(code) ? 503 : 500;
  const [ray, ms] = [request.headers.get("cf-ray"), Date.now() - started];
  console.error(JSON.stringify({ ray, path: "/items", method: request.method, status, code, duration_ms: ms }));
  return new Response("The request failed.", { status, headers: status === 503 ? { "retry-after": "5" } : {} });
}
