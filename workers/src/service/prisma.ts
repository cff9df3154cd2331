import { Prisma, type PrismaClient } from "../../generated/prisma/client.ts";
import type { Database } from "./database.ts";
import { sqlState } from "./failure.ts";
import { CONNECT_SECONDS, LIMIT_STATEMENTS, STATEMENT_MILLISECONDS } from "./query.ts";
import { withCode } from "./serverless.ts";

/** Limits of a transaction. The default of 5 s would end it before the database does, without a SQLSTATE. */
const LIMITS = { maxWait: CONNECT_SECONDS * 1000, timeout: STATEMENT_MILLISECONDS + 2000 };

/** Prisma's codes for a connection that was lost or not available, in a pool or for a transaction. */
const LOST = /^P(10\d\d|2024|2028)$/;

/** Returns the database of a Prisma client, with either of Prisma's adapters. */
export function prismaDatabase(prisma: PrismaClient, signal: AbortSignal): Database {
  const add = (name: string) =>
    prisma.$transaction(async (transaction) => {
      await transaction.$executeRawUnsafe(LIMIT_STATEMENTS);
      const item = await transaction.item.create({ data: { name } });
      signal.throwIfAborted();
      return item;
    }, LIMITS);

  return {
    query: <Row extends object>(template: TemplateStringsArray, ...parameters: unknown[]) =>
      unwrapped(prisma.$queryRaw<Row[]>(template, ...parameters)),
    items: {
      first: (take) => unwrapped(prisma.item.findMany({ orderBy: { id: "asc" }, take })),
      add: (name) => unwrapped(add(name)),
    },
    // Frees the memory of the query compiler, which is WASM (https://github.com/prisma/orm/issues/29660).
    close: () => prisma.$disconnect(),
  };
}

/** The cause of an error: the server's message, or the kind of connection error. */
interface Noted {
  kind: string;
  originalCode?: string;
  originalMessage?: string;
}

async function unwrapped<Result>(work: PromiseLike<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw reason(error);
  }
}

/** Returns the cause of Prisma's error, whose code resembles those of Postgres and whose message contains values. */
function reason(error: unknown): unknown {
  // Its message contains the arguments of the call.
  if (error instanceof Prisma.PrismaClientValidationError) return new TypeError("Prisma rejected the call");
  const cause = causeOf(error);
  if (cause !== undefined) return withState(cause.originalMessage ?? cause.kind, cause.originalCode);
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    if (LOST.test(error.code)) return new Error(`Prisma ${error.code}`);
    if (error.code === "P2034") return withState("write conflict or deadlock", "40001");
  }
  // Errors without a kind of Prisma: the client adds its call in front of the server's message.
  if (error instanceof Prisma.PrismaClientKnownRequestError && sqlState(error) !== undefined) {
    return withState(error.message.split("\n").at(-1) ?? "", error.code);
  }
  return withCode(error);
}

/** `@prisma/adapter-pg` adds the cause to Prisma's error. `@prisma/adapter-ppg` 7.10.0 throws the cause itself. */
function causeOf(error: unknown): Noted | undefined {
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    return ((error.meta?.["driverAdapterError"] ?? {}) as { cause?: Noted }).cause;
  }
  return error instanceof Error ? undefined : (error as Noted);
}

function withState(message: string, code: string | undefined): Error {
  const found = new Error(message);
  return code === undefined ? found : Object.assign(found, { code });
}
