/** Generates the client of `prisma/schema.prisma` into `generated/prisma/`, unless it is up to date. */
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";

const HERE = import.meta.dirname;
const MADE_OF = `${HERE}/generated/prisma/.made-of`;

/** Works without network access, because a WASM module of the package reads the schema. */
export async function generate(): Promise<void> {
  const { version } = JSON.parse(await readFile(`${HERE}/node_modules/prisma/package.json`, "utf8"));
  const madeOf = `${version}\n${await readFile(`${HERE}/prisma/schema.prisma`, "utf8")}`;
  if ((await readFile(MADE_OF, "utf8").catch(() => "")) === madeOf) return;
  await promisify(execFile)(process.execPath, ["node_modules/prisma/build/index.js", "generate"], {
    cwd: HERE,
    // The command downloads an engine that it does not use. Any existing file prevents the download.
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: "1" },
  });
  await writeFile(MADE_OF, madeOf);
}

if (process.argv[1] === import.meta.filename) await generate();
