import { Prisma, type PrismaClient } from "../../generated/prisma/client.ts";
import type { Database } from "./database.ts";
import { sqlState } from "./failure.ts";
import { withCode } from "./serverless.ts";

/** Returns the database of a Prisma client, with either of Prisma's adapters. */
export function prismaDatabase(prisma: PrismaClient): Database {
  return {
    query: <Row extends object>(template: TemplateStringsArray, ...parameters: unknown[]) =>
      unwrapped(prisma.$queryRaw<Row[]>(template, ...parameters)),
    items: {
      first: (take) => unwrapped(prisma.item.findMany({ orderBy: { id: "asc" }, take })),
      add: (name) => unwrapped(prisma.item.create({ data: { name } })),
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
  const cause = causeOf(error);
  if (cause !== undefined) return withState(cause.originalMessage ?? cause.kind, cause.originalCode);
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
