import { Misconfigured } from "./binding.ts";
import { DeadlineExceeded } from "./deadline.ts";
import { DatabaseFailure, isLostConnection, kindOf, sqlState } from "./failure.ts";

/**
 * SQLSTATE classes whose messages name objects and settings, but no values of rows: connection, transaction,
 * authentication, unknown database, rollback, unknown or forbidden object, resources, object state, operator, system.
 * Messages of other classes, such as 22P02 and 23505, can contain values.
 */
const CLASSES_WITHOUT_VALUES = new Set(["08", "25", "28", "3D", "40", "42", "53", "55", "57", "58"]);

const FRAMES = 10;

/** The properties of a request that are known before its response. */
export interface Context {
  request: string;
  method: string;
  /** The path of a known route, which therefore contains no values. */
  path: string;
  driver: string;
}

/**
 * Returns an identifier of the request: Cloudflare's `cf-ray`, with which its own logs can be searched, or a random one.
 */
export function requestId(request: Request): string {
  const ray = request.headers.get("cf-ray") ?? "";
  return /^[0-9a-f]{16}(-[A-Z]{3})?$/.test(ray) ? ray : crypto.randomUUID();
}

/** Writes a failed request to the log, as one line of JSON. */
export function logFailure(context: Context, status: number, started: number, error: unknown): void {
  const entry = { ...context, status, duration_ms: Date.now() - started, kind: kindOf(error), ...described(error) };
  console.error(JSON.stringify(entry));
}

/** Returns the parts of an error that contain no values of rows or parameters, and no credentials. */
export function described(error: unknown): Record<string, unknown> {
  const cause = error instanceof DatabaseFailure ? error.cause : error;
  if (!(cause instanceof Error)) return { name: typeof cause };
  const code = sqlState(cause);
  const isKnown = cause instanceof Misconfigured || cause instanceof DeadlineExceeded;
  const isFromConnection = error instanceof DatabaseFailure && code === undefined && isLostConnection(cause);
  const hasMessage = code === undefined ? isKnown || isFromConnection : CLASSES_WITHOUT_VALUES.has(code.slice(0, 2));
  return {
    name: cause.name,
    ...(code === undefined ? {} : { code }),
    ...(hasMessage ? { message: withoutCredentials(cause.message) } : {}),
    ...(code === undefined && !isFromConnection && !isKnown ? { stack: frames(cause) } : {}),
  };
}

/** Removes the credentials of URLs. A password can contain `@`, so the last one before a space ends them. */
export function withoutCredentials(message: string): string {
  return message.replace(/:\/\/\S*@/g, "://…@");
}

/** Returns where an error was thrown, without its message. */
function frames({ stack = "" }: Error): string[] {
  return stack.split("\n").filter((line) => /^\s+at /.test(line)).map((line) => line.trim()).slice(0, FRAMES);
}
