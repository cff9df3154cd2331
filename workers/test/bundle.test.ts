import { dirname } from "node:path";
import { build } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";

import { type Bundle, bundle, driverNames } from "../bundle.ts";
import { dependencies } from "../package.json";

/** The packages in the bundle of each Worker. */
const PACKAGES: Record<string, (keyof typeof dependencies)[]> = {
  cached: ["pg"],
  direct: ["pg"],
  drizzle: ["drizzle-orm", "pg"],
  kysely: ["kysely", "pg"],
  pg: ["pg"],
  postgres: ["postgres"],
  ppg: ["@prisma/ppg"],
  prisma: ["@prisma/adapter-pg", "@prisma/client", "pg"],
};

/** A call of the stand-in that esbuild writes for `require`; its helper for CommonJS has a function of that name. */
const CALLS_REQUIRE = /(?<!function) __require\(/;

/** What a module imports, as a bundler reads it; a text search would find the examples in comments. */
async function importsOf(text: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents: text },
    write: false,
    metafile: true,
    bundle: true,
    format: "esm",
    external: ["*"],
    logLevel: "silent",
  });
  return Object.values(metafile.inputs).flatMap(({ imports }) => imports.map(({ path }) => path));
}

test("the packages of every Worker are stated here", async () => {
  expect(await driverNames()).toEqual(Object.keys(PACKAGES));
});

describe.each(await driverNames())("the bundle of %s", (name) => {
  const packages = PACKAGES[name] ?? [];
  let made: Bundle;
  beforeAll(async () => {
    made = await bundle(name);
  });

  test("a second build gives the same bytes, whatever directory it is run in", async () => {
    const before = process.cwd();
    process.chdir("/");
    try {
      expect(await bundle(name)).toEqual(made);
    } finally {
      process.chdir(before);
    }
  });

  test("it contains no path of this machine", () => {
    expect(made.text).not.toContain(dirname(import.meta.dirname));
    expect(made.text).not.toMatch(/^\/\/ (\/|\.\.|[A-Z]:)/m);
  });

  test("it contains its driver, no other, and says which releases", () => {
    const releases = packages.map((found) => `${found}@${dependencies[found]}`);
    expect(made.drivers).toEqual(releases);
    const banner = releases.map((release) => `/* edge-postgres: driver ${release} */`);
    expect(made.text.split("\n").slice(0, releases.length)).toEqual(banner);
  });

  test("it imports only what the Workers runtime has, and the modules beside it", async () => {
    const beside = Object.keys(made.files).map((file) => `./${file}`);
    const imports = await importsOf(made.text);
    expect(imports).toEqual(expect.arrayContaining(beside));
    expect(imports.filter((path) => !/^(node|cloudflare):/.test(path) && !beside.includes(path))).toEqual([]);
  });

  test("a module that calls require makes one first", () => {
    expect(made.text.includes("createRequire as __createRequire")).toBe(CALLS_REQUIRE.test(made.text));
  });
});

test("pg, which calls require, and Postgres.js, which does not, tell the two apart", async () => {
  expect((await bundle("pg")).text).toMatch(CALLS_REQUIRE);
  expect((await bundle("postgres")).text).not.toMatch(CALLS_REQUIRE);
});

test("Prisma's query compiler stands beside its bundle, and nothing beside the others", async () => {
  const { prisma, pg } = { prisma: await bundle("prisma"), pg: await bundle("pg") };
  expect(Object.keys(prisma.files)).toEqual(["prisma.wasm"]);
  expect(WebAssembly.validate(new Uint8Array(prisma.files["prisma.wasm"] ?? []))).toBe(true);
  expect(pg.files).toEqual({});
});
