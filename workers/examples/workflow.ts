// Starts an instance of a Workflow for each new item. Its step writes the item into Postgres. It needs `pg`.
// `wrangler types` generates `Env`, here with the bindings `HYPERDRIVE` and `IMPORT`, and the secret `API_TOKEN`.
// A step can run again after its write, so the column `source` of the table is unique and has the instance's id.
import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { NonRetryableError } from "cloudflare:workflows";
import { Client } from "pg";

/** The database ends a statement after this time, also if this Worker has ended. */
const LIMIT = "set local statement_timeout = 8000";
/** Errors that occur again: classes of data that Postgres rejects, of constraints, and of wrong SQL. */
const PERMANENT = /^(2[23]|42)...$/;
const RETRIES = { retries: { limit: 5, delay: "1 second", backoff: "exponential" } } as const;
type Item = { name: string };

export class Import extends WorkflowEntrypoint<Env, Item> {
  override async run({ instanceId, payload }: WorkflowEvent<Item>, step: WorkflowStep) {
    return step.do("store the item", RETRIES, () => store(this.env, instanceId, payload.name));
  }
}

export default {
  async fetch(request, env) {
    const name = await inputOf(request, env);
    if (name instanceof Response) return name;
    if (name !== undefined) {
      const { id } = await env.IMPORT.create({ params: { name } });
      return Response.json({ success: true, instance: id }, { status: 202 });
    }
    const instance = await env.IMPORT.get(new URL(request.url).searchParams.get("instance") ?? "").catch(() => null);
    return instance ? Response.json(await instance.status()) : new Response("No such instance.", { status: 404 });
  },
} satisfies ExportedHandler<Env>;

/** Opens a connection for each run of a step, because a connection belongs to the run that opened it. */
async function store(env: Env, source: string, name: string): Promise<{ id: string }> {
  const { host, port, user, password, database } = env.HYPERDRIVE;
  const client = new Client({ host, port, user, password, database, connectionTimeoutMillis: 4000 });
  client.on("error", () => {}); // the statement fails with the reason
  try {
    await client.connect();
    await client.query(`begin; ${LIMIT}`);
    const insert = "insert into items (source, name) values ($1, $2) on conflict (source) do nothing";
    await client.query(insert, [source, name]);
    const { rows } = await client.query("select id from items where source = $1", [source]);
    await client.query("commit");
    return rows[0];
  } catch (error) {
    // Neither the log nor the status of the instance has the database's message, which can contain values.
    const { name: kind, code = kind } = error as { name: string; code?: string };
    console.error(JSON.stringify({ instance: source, code }));
    throw PERMANENT.test(code) ? new NonRetryableError(code) : new Error(code);
  } finally {
    await client.end();
  }
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
