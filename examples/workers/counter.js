/** Counts its requests in a Durable Object. */
import { DurableObject } from "cloudflare:workers";

export class Counter extends DurableObject {
  async next() {
    const count = ((await this.ctx.storage.get("count")) ?? 0) + 1;
    await this.ctx.storage.put("count", count);
    return count;
  }
}

export default {
  async fetch(request, env) {
    return Response.json({ success: true, count: await env.COUNTER.getByName("all").next() });
  },
};
