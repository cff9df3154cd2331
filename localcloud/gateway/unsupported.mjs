/**
 * Statements that Hyperdrive does not support, found with Postgres' own parser.
 *
 * https://developers.cloudflare.com/hyperdrive/reference/supported-databases-and-features/ (November 2026). The
 * messages of Hyperdrive's errors are not documented, so that these are the gateway's.
 */
import { loadModule, parseSync } from "libpg-query";

await loadModule();

/** Other statements need no parser. */
const CANDIDATE = /\b(?:prepare|execute|deallocate|discard|listen|unlisten|notify|pg_notify)\b|advisory/i;
/** Results for this number of candidates are kept, because the same statements return. */
const KNOWN = 500;
const known = new Map();
const ADVISORY_LOCK = /^pg_(?:try_)?advisory_/;
const PROTOCOL = "Use prepared statements of the driver, which it sends by protocol.";
const DIRECT = "Use a connection to the database without Hyperdrive.";

const STATEMENTS = {
  PrepareStmt: { name: "PREPARE", hint: PROTOCOL },
  ExecuteStmt: { name: "EXECUTE", hint: PROTOCOL },
  DeallocateStmt: { name: "DEALLOCATE", hint: PROTOCOL },
  DiscardStmt: { name: "DISCARD", hint: "Omit it: each transaction starts with the default session." },
  ListenStmt: { name: "LISTEN", hint: DIRECT },
  UnlistenStmt: { name: "UNLISTEN", hint: DIRECT },
  NotifyStmt: { name: "NOTIFY", hint: DIRECT },
};

/**
 * Returns why a query is rejected, or undefined. A query that Postgres cannot parse is not rejected, so that the
 * database reports the error.
 * @returns {{text: string, hint: string, feature: string} | undefined}
 */
export function rejectionOf(text) {
  if (!CANDIDATE.test(text)) return undefined;
  if (!known.has(text)) {
    known.set(text, rejectionOfCandidate(text));
    if (known.size > KNOWN) known.delete(known.keys().next().value);
  }
  return known.get(text);
}

function rejectionOfCandidate(text) {
  const found = firstUnsupported(statementsOf(text));
  return found && { text: `Hyperdrive does not support ${found.name}.`, hint: found.hint, feature: found.name };
}

function statementsOf(text) {
  try {
    return parseSync(text).stmts ?? [];
  } catch {
    return [];
  }
}

function firstUnsupported(node) {
  if (node === null || typeof node !== "object") return undefined;
  for (const [key, value] of Object.entries(node)) {
    const found = STATEMENTS[key] ?? (key === "FuncCall" ? unsupportedFunction(value) : undefined) ?? firstUnsupported(value);
    if (found) return found;
  }
  return undefined;
}

function unsupportedFunction({ funcname }) {
  const name = funcname?.at(-1)?.String?.sval ?? "";
  if (name === "pg_notify") return STATEMENTS.NotifyStmt;
  return ADVISORY_LOCK.test(name)
    ? { name: "advisory locks", hint: `Lock a row with SELECT ... FOR UPDATE. For migrations: ${DIRECT}` }
    : undefined;
}
