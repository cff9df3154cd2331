import { errorResponse } from "./response.ts";
import { MissingBinding } from "./binding.ts";

/**
 * SQLSTATE classes of temporary errors: connection exception, insufficient resources, operator intervention, system
 * error (https://www.postgresql.org/docs/18/errcodes-appendix.html). Hyperdrive reports its own errors, such as an
 * unreachable origin, as 58000 (https://developers.cloudflare.com/hyperdrive/observability/troubleshooting/,
 * 2026-07-05).
 */
const UNAVAILABLE = new Set(["08", "53", "57", "58"]);

/** Errors that drivers throw for mistakes in the code. A lost connection is a plain `Error`. */
const MISTAKES = [TypeError, RangeError, ReferenceError, SyntaxError, URIError];

const RETRY_AFTER_SECONDS = "5";

/** Returns the SQLSTATE of an error, or undefined if it is not from the server. */
export function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  // Every SQLSTATE contains a digit, and system errors of the same length (EPIPE) do not.
  return /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Whether the database is unavailable, as opposed to a wrong query. */
function isUnavailable(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return UNAVAILABLE.has(state.slice(0, 2));
  return error instanceof Error && !MISTAKES.some((mistake) => error instanceof mistake);
}

/** Creates the response to a failed request. The message of the database is only in the log. */
export function failure(error: unknown): Response {
  if (error instanceof MissingBinding) return errorResponse(error.message, 500);
  if (isUnavailable(error)) {
    return errorResponse("The database did not respond.", 503, { "retry-after": RETRY_AFTER_SECONDS });
  }
  return errorResponse("The request failed. See the Worker's log for the reason.", 500);
}

/** Returns one line for the log, without stack, values of rows and credentials. */
export function logLine(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
  const reason = [name, sqlState(error)].filter(Boolean).join(" ");
  return `${reason}: ${message.replace(/:\/\/[^@\s]*@/g, "://…@")}`;
}
