/** Makes the client of `prisma/schema.prisma` in `generated/prisma/`, where there is none of this schema and release. */
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";

const HERE = import.meta.dirname;
const MADE_OF = `${HERE}/generated/prisma/.made-of`;

/** Works without a network: the schema is read by a WASM module of the package. */
export async function generate(): Promise<void> {
  const { version } = JSON.parse(await readFile(`${HERE}/node_modules/prisma/package.json`, "utf8"));
  const madeOf = `${version}\n${await readFile(`${HERE}/prisma/schema.prisma`, "utf8")}`;
  if ((await readFile(MADE_OF, "utf8").catch(() => "")) === madeOf) return;
  await promisify(execFile)(process.execPath, ["node_modules/prisma/build/index.js", "generate"], {
    cwd: HERE,
    // The command downloads an engine that it then does not run. Any file that is there will do for it.
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: "1" },
  });
  await writeFile(MADE_OF, madeOf);
}

if (process.argv[1] === import.meta.filename) await generate();
