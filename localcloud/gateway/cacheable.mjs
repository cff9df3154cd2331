/**
 * Which queries Hyperdrive caches, by their text.
 *
 * https://developers.cloudflare.com/hyperdrive/concepts/query-caching/ (November 2026): reads without a function that
 * Postgres marks as volatile or stable. Hyperdrive finds a function by its name, also in a comment.
 */
import { readFileSync } from "node:fs";
import { loadModule, parseSync } from "libpg-query";

await loadModule();

/** Queries with more characters are not cached. Hyperdrive's limit is not documented. */
export const LARGEST_QUERY_CHARACTERS = 100_000;
/**
 * Functions of PostgreSQL 18 without an immutable variant. `date` has one, and Cloudflare's page calls a query with
 * `DATE(published_time)` cacheable.
 */
const FUNCTIONS = JSON.parse(readFileSync(new URL("volatile_functions.json", import.meta.url), "utf8"));
const VOLATILE = new RegExp(`(?<![\\w$])(?:${FUNCTIONS.join("|")})"?\\s*\\(`, "i");
/** Functions that need no parentheses. `USER` is found by the parser only, because it is also a name of tables. */
const KEYWORD = /\b(?:current_(?:catalog|date|role|schema|time|timestamp|user)|session_user|system_user|localtime|localtimestamp)\b/i;
/** Parts of a statement that write or lock rows. */
const WRITES = ["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "intoClause", "lockingClause"];
/** Statements that control the session. They neither read nor write. */
const CONTROLS = ["TransactionStmt", "VariableSetStmt", "VariableShowStmt"];
/** Results for this number of queries are kept, because the same queries return. */
const KNOWN = 500;
const known = new Map();

/**
 * Returns why a query is not cached, or undefined if it is cacheable.
 * @returns {"oversizedquery" | "parseerror" | "notaquery" | "multiplestatements" | "uncacheable" | "volatile" | undefined}
 */
export function reasonNotToCache(text) {
  if (text.length > LARGEST_QUERY_CHARACTERS) return "oversizedquery";
  if (!known.has(text)) {
    known.set(text, reasonOf(text));
    if (known.size > KNOWN) known.delete(known.keys().next().value);
  }
  return known.get(text);
}

function reasonOf(text) {
  const statements = statementsOf(text);
  if (!statements) return "parseerror";
  if (statements.length === 0) return "notaquery";
  if (statements.length > 1) return "multiplestatements";
  const { stmt } = statements[0];
  if (CONTROLS.some((name) => stmt[name])) return "notaquery";
  if (!stmt.SelectStmt || contains(stmt, WRITES)) return "uncacheable";
  return VOLATILE.test(text) || KEYWORD.test(text) || contains(stmt, ["SQLValueFunction"]) ? "volatile" : undefined;
}

function statementsOf(text) {
  try {
    return text.trim() === "" ? [] : (parseSync(text).stmts ?? []);
  } catch {
    return undefined;
  }
}

function contains(node, names) {
  if (node === null || typeof node !== "object") return false;
  return Object.entries(node).some(([key, value]) => names.includes(key) || contains(value, names));
}
