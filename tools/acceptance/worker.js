// The Worker of the acceptance tests. It is public while a run lasts, so it returns no data of the database.
// The request to `localhost` needs no API token.
import service from "./pg.js";

export default {
  async fetch(request, env, context) {
    const health = await service.fetch(new Request("http://localhost/healthz"), env, context);
    const keys = env.CACHE ? (await env.CACHE.list()).keys.length : null;
    return Response.json({ database: health.status, keys, label: env.LABEL ?? null });
  },
  scheduled() {},
};
