import { json, refusal } from "./answer.ts";
import type { Driver } from "./database.ts";
import { failure, logLine } from "./failure.ts";
import { HEALTH, type Route, routes } from "./routes.ts";

const METHODS = ["GET", "HEAD"];
const ANSWER_SECONDS = 10;

/** A Worker that answers the sample routes through `driver`, on a connection of each request's own. */
export function worker<Bindings>(driver: Driver<Bindings>) {
  async function visit(route: Route, env: Bindings, context: Pick<ExecutionContext, "waitUntil">): Promise<object> {
    const started = Date.now();
    const database = await driver.open(env);
    try {
      return await route({ query: database.query, driver, started });
    } finally {
      if (database.close) context.waitUntil(database.close());
    }
  }

  return {
    async fetch(request, env, context) {
      const { pathname } = new URL(request.url);
      const route = routes.get(pathname);
      if (!route) return refusal(`Nothing is here. This Worker answers ${[...routes.keys()].join(", ")}.`, 404);
      if (!METHODS.includes(request.method)) {
        return refusal("This Worker only reads: GET or HEAD.", 405, { allow: METHODS.join(", ") });
      }
      const response = await answered(visit(route, env, context), pathname === HEALTH);
      return request.method === "HEAD" ? new Response(null, response) : response;
    },
  } satisfies ExportedHandler<Bindings>;
}

async function answered(body: Promise<object>, isHealth: boolean): Promise<Response> {
  try {
    return json(await within(ANSWER_SECONDS, body));
  } catch (error) {
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
