/**
 * Sends a message for each new item to a queue, and stores the messages of a batch in Postgres.
 *
 * `pg.js` is the sample Worker of the driver pg. Its path `/items` inserts a row.
 */
import database from "./pg.js";

const JSON_BODY = { "content-type": "application/json" };

async function store(name, env, context) {
  const body = JSON.stringify({ name });
  const request = new Request("http://localhost/items", { method: "POST", headers: JSON_BODY, body });
  const response = await database.fetch(request, env, context);
  if (!response.ok) throw new Error(await response.text());
}

export default {
  async fetch(request, env, context) {
    if (request.method !== "POST") return database.fetch(request, env, context);
    await env.JOBS.send(await request.text());
    return Response.json({ success: true }, { status: 202 });
  },
  async queue(batch, env, context) {
    for (const message of batch.messages) {
      try {
        await store(message.body, env, context);
        message.ack();
      } catch (error) {
        console.error(error.message);
        message.retry();
      }
    }
  },
};
