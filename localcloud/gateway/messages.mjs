/** Messages of the Postgres protocol that the gateway creates, and the fields of messages that it reads. */

/** The SQLSTATE of Hyperdrive's own errors. */
export const HYPERDRIVE_STATE = "58000";

/**
 * A statement that the server rejects. It replaces a statement that the gateway rejects, so that the batch and the
 * transaction end as after any other error.
 */
export const INVALID = "statement_rejected_by_the_gateway";

export const SSL_REQUEST = 80877103;
export const GSS_REQUEST = 80877104;
export const CANCEL_REQUEST = 80877102;
export const PROTOCOL_3 = 196608;

export const AUTHENTICATION_OK = message("R", int32(0));
export const AUTHENTICATION_CLEARTEXT = message("R", int32(3));
export const PARSE_COMPLETE = message("1");
export const BIND_COMPLETE = message("2");
export const CLOSE_COMPLETE = message("3");
export const SYNC = message("S");
export const TERMINATE = message("X");
export const COPY_FAIL = message("f", string("the client disconnected"));

/** The statements of `DISCARD ALL`, except for those about prepared statements, which the gateway manages. */
export const RESET = query(
  "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; DISCARD TEMP; DISCARD SEQUENCES; " +
    "SELECT pg_catalog.pg_advisory_unlock_all()",
);

/** Returns a message: its type, its length, and its body. */
export function message(type, ...body) {
  const length = body.reduce((sum, part) => sum + part.length, 4);
  return Buffer.concat([Buffer.from(type), int32(length), ...body]);
}

export function string(text) {
  return Buffer.from(`${text}\0`);
}

export function int32(number) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(number);
  return bytes;
}

/** Returns `ReadyForQuery` with the status I (idle), T (in a transaction) or E (in a failed transaction). */
export function readyForQuery(status) {
  return message("Z", Buffer.from(status));
}

export function parameterStatus(name, value) {
  return message("S", string(name), string(value));
}

export function query(text) {
  return message("Q", string(text));
}

/** Returns `Parse`. `types` are the bytes after the text: the number of types, and the types. */
export function parse(name, text, types = Buffer.alloc(2)) {
  return message("P", string(name), string(text), types);
}

export function closeStatement(name) {
  return message("C", Buffer.from("S"), string(name));
}

/** Returns `Bind` of the unnamed statement. `values` are the bytes after the names: formats and parameters. */
export function bind(values) {
  return message("B", string(""), string(""), values);
}

/** Returns `Describe` of the unnamed statement (S) or portal (P). */
export function describe(kind) {
  return message("D", Buffer.from(kind), string(""));
}

/** Returns `Execute` of the unnamed portal, for all rows. */
export function execute() {
  return message("E", string(""), int32(0));
}

/** Returns `ErrorResponse`. `severity` FATAL announces the end of the connection. */
export function errorResponse({ severity = "ERROR", code = HYPERDRIVE_STATE, text, hint }) {
  const fields = { S: severity, V: severity, C: code, M: text, ...(hint ? { H: hint } : {}) };
  const parts = Object.entries(fields).map(([type, value]) => string(type + value));
  return message("E", ...parts, Buffer.alloc(1));
}

/** Returns the fields of an `ErrorResponse` by their type: S severity, V severity in English, C code, M message. */
export function errorFields(bytes) {
  const parts = bytes.toString("utf8", 5).split("\0");
  return Object.fromEntries(parts.filter(Boolean).map((part) => [part[0], part.slice(1)]));
}

/** Returns whether an `ErrorResponse` announces the end of the connection. */
export function isFatal(fields) {
  return ["FATAL", "PANIC"].includes(fields.V ?? fields.S);
}
