import { dirname } from "node:path";
import { build } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";

import { type Bundle, bundle, driverNames, namesIn } from "../bundle.ts";
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
  "prisma-serverless": ["@prisma/adapter-ppg", "@prisma/client", "@prisma/ppg"],
  "copy/direct": ["pg"],
  "copy/drizzle": ["drizzle-orm", "pg"],
  "copy/kysely": ["kysely", "pg"],
  "copy/pg": ["pg"],
  "copy/postgres": ["postgres"],
  "copy/ppg": ["@prisma/ppg"],
  "copy/prisma": ["@prisma/adapter-pg", "@prisma/client", "pg"],
  "examples/cleanup": ["pg"],
  "examples/events": ["pg"],
  "examples/fresh": ["pg"],
  "examples/queue": ["pg"],
  "examples/tenants": ["pg"],
  "examples/workflow": ["pg"],
};

/** A call of esbuild's replacement of `require`. Its helper for CommonJS has a function of that name. */
const CALLS_REQUIRE = /(?<!function) __require\(/;

/** Returns the imports of a module as a bundler finds them. A string search would also find examples in comments. */
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

test("this test file lists the packages of every Worker", async () => {
  const names = [...(await driverNames()), ...(await namesIn("copy")), ...(await namesIn("examples"))];
  expect(names).toEqual(Object.keys(PACKAGES));
});

describe.each(Object.keys(PACKAGES))("the bundle of %s", (name) => {
  const packages = PACKAGES[name] ?? [];
  let output: Bundle;
  beforeAll(async () => {
    output = await bundle(name);
  });

  test("a second build in another directory has the same bytes", async () => {
    const before = process.cwd();
    process.chdir("/");
    try {
      expect(await bundle(name)).toEqual(output);
    } finally {
      process.chdir(before);
    }
  });

  test("it contains no path of this machine", () => {
    expect(output.text).not.toContain(dirname(import.meta.dirname));
    expect(output.text).not.toMatch(/^\/\/ (\/|\.\.|[A-Z]:)/m);
  });

  test("it contains only its driver and names the releases", () => {
    const releases = packages.map((found) => `${found}@${dependencies[found]}`);
    expect(output.drivers).toEqual(releases);
    const banner = releases.map((release) => `/* edge-postgres: driver ${release} */`);
    expect(output.text.split("\n").slice(0, releases.length)).toEqual(banner);
  });

  test("it imports only modules of the Workers runtime and its own other modules", async () => {
    const beside = Object.keys(output.files).map((file) => `./${file}`);
    const imports = await importsOf(output.text);
    expect(imports).toEqual(expect.arrayContaining(beside));
    expect(imports.filter((path) => !/^(node|cloudflare):/.test(path) && !beside.includes(path))).toEqual([]);
  });

  test("a module that calls require creates it first", () => {
    // A minified bundle has another name for the call. Of the packages, only pg calls `require`.
    const calls = output.map ? packages.includes("pg") : CALLS_REQUIRE.test(output.text);
    expect(output.text.includes("createRequire as __createRequire")).toBe(calls);
  });
});

test("the check for require distinguishes pg, which calls it, and Postgres.js, which does not", async () => {
  expect((await bundle("pg")).text).toMatch(CALLS_REQUIRE);
  expect((await bundle("postgres")).text).not.toMatch(CALLS_REQUIRE);
});

test.each(["prisma", "prisma-serverless"])("the bundle of %s has another module, its query compiler", async (name) => {
  const { files } = await bundle(name);
  expect(Object.keys(files)).toEqual([`${name}.wasm`]);
  expect(WebAssembly.validate(new Uint8Array(files[`${name}.wasm`] ?? []))).toBe(true);
});

test("a bundle without Prisma Client has no other module", async () => {
  expect((await bundle("pg")).files).toEqual({});
});
