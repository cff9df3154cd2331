import { Misconfigured } from "./binding.ts";
import { DeadlineExceeded } from "./deadline.ts";
import { errorResponse } from "./response.ts";

/** A call of the driver failed. `cause` is the error of the server or of the driver. */
export class DatabaseFailure extends Error {
  constructor(cause: unknown) {
    super("a call of the driver failed", { cause });
  }
}

/** Runs a call of the driver, whose errors become `DatabaseFailure`. */
export async function ofDriver<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw new DatabaseFailure(error);
  }
}

/** The kind of a failed request. `conflict` is an error of the client. `busy` and `unavailable` may be repeated. */
export type Kind = "conflict" | "application" | "busy" | "unavailable";

/** Violations that a client can cause: foreign key, unique, check and exclusion. */
const CONFLICTS = new Set(["23503", "23505", "23514", "23P01"]);

/**
 * Errors after which the same transaction can succeed: serialization failure, deadlock, lock not available, and a
 * statement that the database ended after its time (https://www.postgresql.org/docs/18/errcodes-appendix.html).
 */
const BUSY = new Set(["40001", "40P01", "55P03", "57014"]);

/**
 * SQLSTATE classes of temporary errors: connection exception, insufficient resources, operator intervention, system
 * error (https://www.postgresql.org/docs/18/errcodes-appendix.html). Hyperdrive reports its own errors, such as an
 * unreachable origin, as 58000 (https://developers.cloudflare.com/hyperdrive/observability/troubleshooting/,
 * 2026-07-05).
 */
const UNAVAILABLE = new Set(["08", "53", "57", "58"]);

/** Errors that drivers throw for mistakes in the code. A lost connection is a plain `Error`. */
const MISTAKES = [TypeError, RangeError, ReferenceError, SyntaxError, URIError];

interface Answer {
  status: number;
  error: string;
  retryAfterSeconds?: number;
}

const ANSWERS: Record<Kind, Answer> = {
  conflict: { status: 409, error: "The data conflicts with a rule of the database." },
  application: { status: 500, error: "The request failed. See the Worker's log for the reason." },
  busy: { status: 503, error: "The database is busy. Nothing was changed. Repeat the request.", retryAfterSeconds: 1 },
  unavailable: { status: 503, error: "The database did not respond.", retryAfterSeconds: 5 },
};

/** Returns the SQLSTATE of an error, or undefined if it is not from the server. */
export function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  // Every SQLSTATE contains a digit, and system errors of the same length (EPIPE) do not.
  return /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Returns the kind of an error. Only an error of the driver's call can mean that the database is unavailable. */
export function kindOf(error: unknown): Kind {
  if (error instanceof DeadlineExceeded) return "unavailable";
  if (!(error instanceof DatabaseFailure) || error.cause instanceof Misconfigured) return "application";
  const state = sqlState(error.cause);
  if (state === undefined) return isLostConnection(error.cause) ? "unavailable" : "application";
  if (CONFLICTS.has(state)) return "conflict";
  if (BUSY.has(state)) return "busy";
  return UNAVAILABLE.has(state.slice(0, 2)) ? "unavailable" : "application";
}

/** Whether an error of a driver that is not from the server is a lost connection, as opposed to a mistake in a call. */
export function isLostConnection(error: unknown): boolean {
  return error instanceof Error && !MISTAKES.some((mistake) => error instanceof mistake);
}

/** Creates the response to a failed request. The message of the database is never in it. */
export function failure(error: unknown): Response {
  const cause = error instanceof DatabaseFailure ? error.cause : error;
  if (cause instanceof Misconfigured) return errorResponse(cause.message, 500);
  const { status, error: sentence, retryAfterSeconds } = ANSWERS[kindOf(error)];
  const headers = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return errorResponse(sentence, status, headers);
}
