/**
 * Runs the body of an async function, read from stdin, with the real driver; prints what it returns as JSON.
 *
 * It has `ppg` and `cl`, the driver's two clients, `lib`, all that the driver exports, and `connect(changes)`, which
 * makes `ppg` with other credentials. The environment has SERVERLESS (endpoint, username, password, database: JSON) and
 * WORKERS, the folder where the driver is installed.
 */
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const { resolve } = createRequire(`${process.env.WORKERS}/package.json`);
const lib = await import(pathToFileURL(resolve("@prisma/ppg")));
const transportConfig = JSON.parse(process.env.SERVERLESS);
const { parsers, serializers: defaults } = lib.defaultClientConfig("postgres://a:b@127.0.0.1/postgres");
// Without it release 1.0.1 serializes a byte parameter as a string of numbers: "0,255".
const bytes = { supports: (value) => value instanceof Uint8Array || value instanceof ReadableStream, serialize: (v) => v };
const serializers = [bytes, ...defaults];
const connect = (changes) =>
  lib.prismaPostgres({ transportConfig: { ...transportConfig, ...changes }, parsers, serializers });
const ppg = connect({});
const cl = lib.client({ transportConfig, parsers, serializers });

const AsyncFunction = (async () => {}).constructor;
const body = new AsyncFunction("ppg", "cl", "lib", "connect", await text(process.stdin));
let result;
try {
  result = { value: (await body(ppg, cl, lib, connect)) ?? null };
} catch (error) {
  const { name, message, code, details, status, closureCode, closureReason } = error;
  result = { error: { name, message, code, details, status, closureCode, closureReason } };
}
console.log(JSON.stringify(result, (_key, value) => (typeof value === "bigint" ? { bigint: `${value}` } : value)));
process.exit(0);
