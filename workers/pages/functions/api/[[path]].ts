import pg from "../../../src/pg.ts";
import type { Env } from "../../../src/service/binding.ts";

/** Serves each path below `/api` as the Worker of pg serves the path without `/api`. */
export const onRequest: PagesFunction<Env> = ({ request, env, waitUntil }) => {
  const url = new URL(request.url);
  url.pathname = url.pathname.slice("/api".length) || "/";
  return pg.fetch(new Request(url, request), env, { waitUntil });
};
