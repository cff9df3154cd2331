// Sends each new item to a queue, and writes the items of a batch with one statement. It needs `pg`.
// `wrangler types` generates `Env`, here with the bindings `HYPERDRIVE` and `JOBS`, and the secret `API_TOKEN`.
// Queues delivers a message at least once, so the column `source` of the table is unique and has the message's id.
import { Client } from "pg";

/** The database ends a statement after this time, also if this Worker has ended. */
const LIMIT = "set local statement_timeout = 8000";
/** Errors of one message, not of the batch: classes of data that Postgres rejects, and of constraints. */
const REJECTED = /^2[23]...$/;
const INSERT = `
  insert into items (source, name) select * from unnest($1::text[], $2::text[]) on conflict (source) do nothing`;
type Item = { name: string };

export default {
  async fetch(request, env) {
    const name = await inputOf(request, env);
    if (name instanceof Response) return name;
    if (name === undefined) return new Response("Send an item with POST.", { status: 405, headers: { allow: "POST" } });
    await env.JOBS.send({ name });
    return Response.json({ success: true }, { status: 202 });
  },

  /** Acknowledges only the messages that are committed. The others are delivered again, or to the dead letter queue. */
  async queue(batch, env, ctx) {
    const { host, port, user, password, database } = env.HYPERDRIVE;
    const client = new Client({ host, port, user, password, database, connectionTimeoutMillis: 4000 });
    client.on("error", () => {}); // the statement fails with the reason
    try {
      await client.connect();
      if (await store(client, batch.messages)) return;
      for (const message of batch.messages) await store(client, [message]);
    } catch (error) {
      log(batch.queue, batch.messages.length, error);
      batch.retryAll(); // without an effect on acknowledged messages
    } finally {
      ctx.waitUntil(client.end());
    }
  },
} satisfies ExportedHandler<Env, Item>;

/** Writes messages in one transaction, and acknowledges them. Returns false if the database rejects one of them. */
async function store(client: Client, messages: readonly Message<Item>[]): Promise<boolean> {
  try {
    await client.query(`begin; ${LIMIT}`);
    await client.query(INSERT, [messages.map(({ id }) => id), messages.map(({ body }) => body.name)]);
    await client.query("commit");
  } catch (error) {
    if (!REJECTED.test(codeOf(error))) throw error;
    await client.query("rollback");
    if (messages.length > 1) return false;
    log("one message", 1, error);
    messages[0]!.retry();
    return true;
  }
  for (const message of messages) message.ack();
  return true;
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

function codeOf(error: unknown): string {
  const { name, code } = error as { name: string; code?: unknown };
  return typeof code === "string" ? code : name;
}

/** Logs no message of the database, because it can contain values. */
function log(queue: string, messages: number, error: unknown): void {
  console.error(JSON.stringify({ queue, messages, code: codeOf(error) }));
}
