import { type AccessEnv, rejectionOf } from "./access.ts";
import type { Database, Driver } from "./database.ts";
import { within } from "./deadline.ts";
import { failure, ofDriver } from "./failure.ts";
import { BadInput } from "./input.ts";
import { itemsInSql } from "./items.ts";
import { type Context, logFailure, requestId } from "./log.ts";
import type { Parameter } from "./query.ts";
import { errorResponse, json } from "./response.ts";
import { HEALTH, type Route, routes } from "./routes.ts";

/** Limit for the database's part of a request, without the upload of the body. */
const ANSWER_SECONDS = 10;

/** Header of the response with the identifier of the request in the log. */
const REQUEST_ID = "x-request-id";

type Waiting = Pick<ExecutionContext, "waitUntil">;

/** Creates a Worker that serves the sample routes with `driver`, with a separate connection per request. */
export function worker<Bindings extends object>(driver: Driver<Bindings>) {
  const known = new Map<string, Route<Bindings>>([...routes, ...(driver.routes ?? [])]);

  async function answer(
    route: Route<Bindings>,
    input: string,
    env: Bindings,
    context: Waiting,
    signal: AbortSignal,
  ): Promise<object> {
    const started = Date.now();
    const opened = await ofDriver(() => driver.open(env, signal));
    const close = closing(opened, context);
    // The response does not wait for a statement that is still running.
    signal.addEventListener("abort", close);
    try {
      signal.throwIfAborted();
      const { query, items } = withFailures(opened);
      return await route.answer({ env, query, items, driver, started, input });
    } finally {
      close();
    }
  }

  return {
    async fetch(request, env, context: Waiting) {
      const rejected = await rejectionOf(request, env as AccessEnv);
      if (rejected) return rejected;
      const { pathname } = new URL(request.url);
      const route = known.get(pathname);
      if (!route) return errorResponse(`Not found. This Worker has the paths ${[...known.keys()].join(", ")}.`, 404);
      if (!route.methods.includes(request.method)) {
        const allowed = route.methods.join(", ");
        return errorResponse(`This path accepts ${allowed}.`, 405, { allow: allowed });
      }
      const noted = { request: requestId(request), method: request.method, path: pathname, driver: driver.name };
      const response = await answered(noted, route.status, async () => {
        const input = (await route.input?.(request)) ?? "";
        return within(ANSWER_SECONDS, (signal) => answer(route, input, env, context, signal));
      });
      return request.method === "HEAD" ? new Response(null, response) : response;
    },
  } satisfies ExportedHandler<Bindings>;
}

async function answered(noted: Context, status: number, work: () => Promise<object>): Promise<Response> {
  const started = Date.now();
  try {
    return json(await work(), status);
  } catch (error) {
    if (error instanceof BadInput) return errorResponse(error.message, error.status);
    const { body, headers, status: failed } = failure(error);
    // A health check has the same status for every kind of error.
    const response = new Response(body, { status: noted.path === HEALTH ? 503 : failed, headers });
    response.headers.set(REQUEST_ID, noted.request);
    logFailure(noted, response.status, started, error);
    return response;
  }
}

/** Returns a function that closes the connection when it is called first. The response does not wait for it. */
function closing(database: Database, context: Waiting): () => void {
  let isClosed = false;
  return () => {
    if (!isClosed && database.close) context.waitUntil(database.close());
    isClosed = true;
  };
}

/** Returns the database with errors that differ from errors of the application. */
function withFailures({ query, items = itemsInSql(query) }: Database): Required<Omit<Database, "close">> {
  return {
    query: <Row extends object>(text: TemplateStringsArray, ...parameters: Parameter[]) =>
      ofDriver(() => query<Row>(text, ...parameters)),
    items: {
      first: (count) => ofDriver(() => items.first(count)),
      add: (name) => ofDriver(() => items.add(name)),
    },
  };
}
