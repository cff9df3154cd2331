import pg from "../../../src/pg.ts";
import type { Env } from "../../../src/service/binding.ts";

/** Every path below `/api`: what the Worker of pg answers at the same path without it. */
export const onRequest: PagesFunction<Env> = ({ request, env, waitUntil }) => {
  const url = new URL(request.url);
  url.pathname = url.pathname.slice("/api".length) || "/";
  return pg.fetch(new Request(url, request), env, { waitUntil });
};
