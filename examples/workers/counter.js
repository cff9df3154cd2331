/** Counts its requests in a Durable Object. The other paths are those of the sample Worker of the driver pg. */
import { DurableObject } from "cloudflare:workers";
import database from "./pg.js";

export class Counter extends DurableObject {
  async next() {
    const count = ((await this.ctx.storage.get("count")) ?? 0) + 1;
    await this.ctx.storage.put("count", count);
    return count;
  }
}

export default {
  async fetch(request, env, context) {
    if (new URL(request.url).pathname !== "/count") return database.fetch(request, env, context);
    return Response.json({ success: true, count: await env.COUNTER.getByName("all").next() });
  },
};
