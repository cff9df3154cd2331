// Sends each new item as a server-sent event. It needs `pg`.
// `wrangler types` generates `Env`, here with the binding `HYPERDRIVE` and the secret `API_TOKEN`.
// A browser's `EventSource` sends no header `authorization`: use `fetch`, or authenticate in front of the Worker.
import { Client } from "pg";

/** The database ends a statement after this time, also if this Worker has ended. */
const LIMIT = "set local statement_timeout = 8000";
const POLL_MILLISECONDS = 1000;
/** The client connects again with `Last-Event-ID` after the stream has ended. */
const STREAM_MILLISECONDS = 5 * 60_000;
/** A smaller id can be committed after a larger one. The interval lets short transactions end first. */
const NEW_ITEMS = `
  select id, name from items where id > $1 and created_at < now() - interval '0.5 s' order by id limit 100`;

export default {
  async fetch(request, env) {
    if (!(await isAllowed(request, env))) return new Response("Send the API token.", { status: 401 });
    const { pathname } = new URL(request.url);
    if (pathname !== "/events" || request.method !== "GET") return new Response("Not found.", { status: 404 });
    const last = request.headers.get("last-event-id") ?? "0";
    if (!/^\d{1,18}$/.test(last)) return new Response("Wrong Last-Event-ID.", { status: 400 });
    const found = events(env, last, request.signal);
    const stream = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await found.next();
        if (done) controller.close();
        else controller.enqueue(new TextEncoder().encode(value));
      },
      cancel: () => found.return(undefined).then(() => {}),
    });
    return new Response(stream, { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } });
  },
} satisfies ExportedHandler<Env>;

/** Reads new items only while the client reads the stream. */
async function* events(env: Env, last: string, signal: AbortSignal): AsyncGenerator<string> {
  const end = Date.now() + STREAM_MILLISECONDS;
  try {
    yield "retry: 1000\n\n";
    while (Date.now() < end && !signal.aborted) {
      const rows = await newItems(env, last);
      for (const row of rows) yield `id: ${row.id}\nevent: item\ndata: ${JSON.stringify(row)}\n\n`;
      last = rows.at(-1)?.id ?? last;
      if (rows.length === 0) yield ": no new item\n\n"; // shows the network that the stream is in use
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    }
  } catch (error) {
    const { name, code = name } = error as { name: string; code?: string };
    console.error(JSON.stringify({ path: "/events", code })); // messages of the database can contain values
  } finally {
    console.log(JSON.stringify({ path: "/events", last })); // after an error, the client connects again
  }
}

/** Opens a connection for each query, so that a waiting client holds no connection of the pool. */
async function newItems(env: Env, last: string): Promise<{ id: string; name: string }[]> {
  const { host, port, user, password, database } = env.HYPERDRIVE;
  const client = new Client({ host, port, user, password, database, connectionTimeoutMillis: 4000 });
  client.on("error", () => {}); // the query fails with the reason
  try {
    await client.connect();
    await client.query(`begin read only; ${LIMIT}`);
    const { rows } = await client.query(NEW_ITEMS, [last]);
    await client.query("commit");
    return rows;
  } finally {
    await client.end();
  }
}

async function isAllowed(request: Request, env: Env): Promise<boolean> {
  const digest = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const [sent, expected] = [request.headers.get("authorization") ?? "", `Bearer ${env.API_TOKEN}`].map(digest);
  return Boolean(env.API_TOKEN) && crypto.subtle.timingSafeEqual((await sent)!, (await expected)!);
}
