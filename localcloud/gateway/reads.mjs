/** The request of a client in a group of messages of the extended query protocol, up to `Sync` or `Flush`. */
import { createHash } from "node:crypto";

import { readString } from "./framing.mjs";

const STATEMENT = "S".charCodeAt(0);
/** The groups that drivers send for one query. S and P after D are the kinds of a `Describe`. */
const READ = /^(?:P )?(?:DS )?B (?:DP )?E S$/;
const DESCRIPTION = /^(?:P )?DS [HS]$/;

/**
 * Reads a group. `statementOf(name)` returns a statement of the client, and `find(text, types)` one of the pool.
 * @returns {{name: string, statement: object, isParsed: boolean, needs: string[], values?: Buffer} | undefined} the
 *   statement, whether the group prepares it, the requested descriptions (`statement`, `portal`), and for a read the
 *   bytes of `Bind` after its names. Undefined for a group that is neither a read of all rows nor a description.
 */
export function readGroup(events, statementOf, find) {
  const shape = events.map(({ type, head }) => (type === "D" ? `D${String.fromCharCode(head[5])}` : type)).join(" ");
  const isRead = READ.test(shape);
  if (!isRead && !DESCRIPTION.test(shape)) return undefined;
  const parts = Object.fromEntries(events.map(({ type, head }) => [keyOf(type, head), head]));
  const parsed = parts.P && parseOf(parts.P, find);
  const bound = parts.B && bindOf(parts.B);
  const names = [parsed?.name, parts.DS && readString(parts.DS, 6).text, bound?.name].filter((name) => name !== undefined);
  const statement = parsed?.statement ?? statementOf(names[0]);
  const isOne = new Set(names).size === 1 && statement;
  if (!isOne || (isRead && !isOfAllRows(bound, parts.DP, parts.E))) return undefined;
  const needs = [parts.DS && "statement", parts.DP && "portal"].filter(Boolean);
  return { name: names[0], statement, isParsed: parsed !== undefined, needs, values: bound?.values };
}

/** Returns the key of a read: its text, and for the extended protocol its types, formats and parameters. */
export function keyOfRead({ text, types }, values) {
  const hash = createHash("sha256");
  for (const part of [Buffer.from(text), types, values]) {
    const bytes = part ?? Buffer.alloc(0);
    hash.update(`${part ? bytes.length : "none"}\0`).update(bytes);
  }
  return hash.digest("base64");
}

function keyOf(type, head) {
  return type === "D" ? (head[5] === STATEMENT ? "DS" : "DP") : type;
}

function parseOf(head, find) {
  const { text: name, end } = readString(head, 5);
  const { text, end: types } = readString(head, end);
  return { name, statement: find(text, Buffer.from(head.subarray(types))) };
}

function bindOf(head) {
  const { text: portal, end } = readString(head, 5);
  const { text: name, end: values } = readString(head, end);
  return { portal, name, values: Buffer.from(head.subarray(values)) };
}

function isOfAllRows({ portal }, describe, execute) {
  const { text: executed, end } = readString(execute, 5);
  const described = describe ? readString(describe, 6).text : "";
  const isUnnamed = portal === "" && executed === "" && described === "";
  return isUnnamed && execute.length === end + 4 && execute.readInt32BE(end) === 0;
}
