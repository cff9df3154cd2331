import { json, refusal } from "./answer.ts";
import type { Driver } from "./database.ts";
import { failure, logLine } from "./failure.ts";
import { BadInput } from "./input.ts";
import { itemsInSql } from "./items.ts";
import { HEALTH, type Route, routes } from "./routes.ts";

const ANSWER_SECONDS = 10;

/** A Worker that answers the sample routes through `driver`, on a connection of each request's own. */
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
      if (!route) return refusal(`Nothing is here. This Worker answers ${[...known.keys()].join(", ")}.`, 404);
      if (!route.methods.includes(request.method)) {
        const allowed = route.methods.join(", ");
        return refusal(`This path takes ${allowed}.`, 405, { allow: allowed });
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
    if (error instanceof BadInput) return refusal(error.message, error.status);
    console.error(logLine(error));
    const response = failure(error);
    // A health check has one question, and one answer for every reason not to send requests here.
    return isHealth ? new Response(response.body, { status: 503, headers: response.headers }) : response;
  }
}

/** `work`, or an error when it takes longer: every driver limits connecting, not every one limits a query. */
async function within<Result>(seconds: number, work: Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${seconds} s`)), seconds * 1000);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
