import { json, errorResponse } from "./response.ts";
import type { Driver } from "./database.ts";
import { failure, logLine } from "./failure.ts";
import { BadInput } from "./input.ts";
import { itemsInSql } from "./items.ts";
import { HEALTH, type Route, routes } from "./routes.ts";

const ANSWER_SECONDS = 10;

/** Creates a Worker that serves the sample routes with `driver`, with a separate connection per request. */
export function worker<Bindings>(driver: Driver<Bindings>) {
  const known = new Map<string, Route<Bindings>>([...routes, ...(driver.routes ?? [])]);

  async function visit(
    route: Route<Bindings>,
    request: Request,
    env: Bindings,
    context: Pick<ExecutionContext, "waitUntil">,
  ): Promise<object> {
    const input = (await route.input?.(request)) ?? "";
    const started = Date.now();
    const database = await driver.open(env);
    try {
      const { query, items = itemsInSql(query) } = database;
      return await route.answer({ env, query, items, driver, started, input });
    } finally {
      if (database.close) context.waitUntil(database.close());
    }
  }

  return {
    async fetch(request, env, context: Pick<ExecutionContext, "waitUntil">) {
      const { pathname } = new URL(request.url);
      const route = known.get(pathname);
      if (!route) return errorResponse(`Not found. This Worker has the paths ${[...known.keys()].join(", ")}.`, 404);
      if (!route.methods.includes(request.method)) {
        const allowed = route.methods.join(", ");
        return errorResponse(`This path accepts ${allowed}.`, 405, { allow: allowed });
      }
      const response = await answered(visit(route, request, env, context), route.status, pathname === HEALTH);
      return request.method === "HEAD" ? new Response(null, response) : response;
    },
  } satisfies ExportedHandler<Bindings>;
}

async function answered(body: Promise<object>, status: number, isHealth: boolean): Promise<Response> {
  try {
    return json(await within(ANSWER_SECONDS, body), status);
  } catch (error) {
    if (error instanceof BadInput) return errorResponse(error.message, error.status);
    console.error(logLine(error));
    const response = failure(error);
    // A health check has the same response for every kind of error.
    return isHealth ? new Response(response.body, { status: 503, headers: response.headers }) : response;
  }
}

/** Limits the time of `work`, because every driver has a timeout for connections, but not for queries. */
async function within<Result>(seconds: number, work: Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no response within ${seconds} s`)), seconds * 1000);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
