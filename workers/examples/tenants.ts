// Separates tenants by row-level security. It needs `pg`.
// `wrangler types` generates `Env`, here with the binding `HYPERDRIVE` and the secret `API_TOKEN`.
// A client sends `authorization: Bearer TENANT.SIGNATURE`. The signature is the HMAC-SHA-256 of TENANT with `API_TOKEN`
// as the key, in hexadecimal. The tenant never comes from a part of the request that the client can choose.
import { Client } from "pg";

/** The database ends a statement after this time, also if this Worker has ended. */
const LIMIT = "set local statement_timeout = 8000";
/** Codes and names of errors that may not occur again. After a lost connection, a write can have happened. */
const TEMPORARY = /^(08...|40...|53...|55P03|57...|58...|Error|TimeoutError|E[A-Z]+|CONN\w+)$/;

export default {
  async fetch(request, env, ctx) {
    const started = Date.now();
    const tenant = await tenantOf(request, env);
    if (tenant === undefined) return new Response("Send the token of a tenant.", { status: 401 });
    const note = await inputOf(request);
    if (note instanceof Response) return note;
    const { host, port, user, password, database } = env.HYPERDRIVE;
    const client = new Client({ host, port, user, password, database, connectionTimeoutMillis: 4000 });
    client.on("error", () => {}); // the query fails with the reason
    try {
      const rows = await asTenant(client, tenant, () =>
        note === undefined
          ? client.query("select id, body from notes order by id limit 20")
          : client.query("insert into notes (body) values ($1) returning id, body", [note]),
      );
      return Response.json(rows, { status: note === undefined ? 200 : 201 });
    } catch (error) {
      return failure(request, started, error);
    } finally {
      ctx.waitUntil(client.end());
    }
  },
} satisfies ExportedHandler<Env>;

/** Runs a query in a transaction with the tenant. The setting ends with the transaction, so no other client gets it. */
async function asTenant(client: Client, tenant: string, query: () => Promise<{ rows: object[] }>): Promise<object[]> {
  await client.connect();
  await client.query(`begin; ${LIMIT}`);
  await client.query("select set_config('app.tenant', $1, true)", [tenant]);
  const { rows } = await query();
  await client.query("commit");
  return rows;
}

async function tenantOf(request: Request, env: Env): Promise<string | undefined> {
  const bearer = /^Bearer ([\w-]{1,64})\.([0-9a-f]{64})$/.exec(request.headers.get("authorization") ?? "");
  if (!bearer || !env.API_TOKEN) return undefined;
  const [, tenant = "", signature = ""] = bearer;
  const bytes = (text: string) => new TextEncoder().encode(text);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes(env.API_TOKEN), algorithm, false, ["verify"]);
  const isValid = await crypto.subtle.verify("HMAC", key, Buffer.from(signature, "hex"), bytes(tenant));
  return isValid ? tenant : undefined;
}

/** Returns the note to add, undefined for a read, or the response to a request that is not allowed. */
async function inputOf(request: Request): Promise<string | undefined | Response> {
  const { pathname, origin } = new URL(request.url);
  if (pathname !== "/notes" || !/^(GET|POST)$/.test(request.method)) return new Response("Not found.", { status: 404 });
  if (request.method === "GET") return undefined;
  if ((request.headers.get("origin") ?? origin) !== origin) return new Response("Wrong origin.", { status: 403 });
  const type = request.headers.get("content-type") ?? "";
  if (!type.startsWith("application/json")) return new Response("Send JSON.", { status: 415 });
  const found = (await request.json().catch(() => null)) as { body?: unknown } | null;
  const note = typeof found?.body === "string" ? found.body : "";
  return /^[^\0]{1,200}$/u.test(note) ? note : new Response("Send a body.", { status: 400 });
}

/** Logs no message, because messages of the database can contain values. */
function failure(request: Request, started: number, error: unknown): Response {
  const { name, code: sqlState } = error as { name: string; code?: unknown };
  const code = typeof sqlState === "string" ? sqlState : name; // the code of `TimeoutError` is a number
  const status = code === "23505" ? 409 : TEMPORARY.test(code) ? 503 : 500;
  const [ray, ms] = [request.headers.get("cf-ray"), Date.now() - started];
  console.error(JSON.stringify({ ray, path: "/notes", method: request.method, status, code, duration_ms: ms }));
  return new Response("The request failed.", { status, headers: status === 503 ? { "retry-after": "5" } : {} });
}
