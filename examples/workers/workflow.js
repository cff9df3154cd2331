/**
 * Starts an instance of a Workflow for each POST request. Its step inserts a row into Postgres, and is repeated if it
 * fails. `pg.js` is the sample Worker of the driver pg, which opens a connection for each call.
 */
import { WorkflowEntrypoint } from "cloudflare:workers";
import database from "./pg.js";

const JSON_BODY = { "content-type": "application/json" };

export class Import extends WorkflowEntrypoint {
  async run(event, step) {
    return step.do("store the item", async () => {
      const body = JSON.stringify(event.payload);
      const request = new Request("http://localhost/items", { method: "POST", headers: JSON_BODY, body });
      const response = await database.fetch(request, this.env, this.ctx);
      if (!response.ok) throw new Error(await response.text());
      return response.json();
    });
  }
}

export default {
  async fetch(request, env, context) {
    const id = new URL(request.url).searchParams.get("instance");
    if (id) return Response.json(await (await env.IMPORT.get(id)).status());
    if (request.method !== "POST") return database.fetch(request, env, context);
    const instance = await env.IMPORT.create({ params: { name: await request.text() } });
    return Response.json({ success: true, instance: instance.id }, { status: 202 });
  },
};
