import { refusal } from "./answer.ts";
import { MissingBinding } from "./binding.ts";

/**
 * SQLSTATE classes that say "not now": connection exception, insufficient resources, operator intervention, system
 * error (https://www.postgresql.org/docs/18/errcodes-appendix.html). Hyperdrive reports its own failures, such as an
 * origin it cannot reach, as 58000 (https://developers.cloudflare.com/hyperdrive/observability/troubleshooting/,
 * 2026-07-05).
 */
const UNAVAILABLE = new Set(["08", "53", "57", "58"]);

/** What drivers throw for a mistake in the code; a lost or refused connection is a plain `Error`. */
const MISTAKES = [TypeError, RangeError, ReferenceError, SyntaxError, URIError];

const RETRY_AFTER_SECONDS = "5";

/** The five characters with which Postgres classifies an error; undefined where the server did not say anything. */
export function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  // A digit is in all of them, and in none of the system's names of that length (EPIPE).
  return /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Whether the database could not be asked, rather than asked the wrong thing. */
function isUnavailable(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return UNAVAILABLE.has(state.slice(0, 2));
  return error instanceof Error && !MISTAKES.some((mistake) => error instanceof mistake);
}

/** The answer to a request that failed. The database's own words stay in the log. */
export function failure(error: unknown): Response {
  if (error instanceof MissingBinding) return refusal(error.message, 500);
  if (isUnavailable(error)) {
    return refusal("The database did not answer.", 503, { "retry-after": RETRY_AFTER_SECONDS });
  }
  return refusal("The request failed. The Worker's log has the reason.", 500);
}

/** One line for the log: no stack, no detail with values of rows, no credentials. */
export function logLine(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
  const reason = [name, sqlState(error)].filter(Boolean).join(" ");
  return `${reason}: ${message.replace(/:\/\/[^@\s]*@/g, "://…@")}`;
}
