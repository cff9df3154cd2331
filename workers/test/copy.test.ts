import { readFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { describe, expect, test } from "vitest";

import { bundle, namesIn } from "../bundle.ts";
import { dependencies } from "../package.json";

const names = [...(await namesIn("copy")), ...(await namesIn("examples"))];
const sources = await Promise.all(names.map((name) => readFile(`${import.meta.dirname}/../${name}.ts`, "utf8")));
const COMMON = "/** Returns the name of the item to add";

/** Returns the function that validates a request: from its comment to the end of its body. */
function validation(source: string): string {
  const start = source.indexOf(COMMON);
  return source.slice(start, source.indexOf("\n}\n", start));
}

/** Modules outside of packages: the client that Prisma generates in each project. */
const GENERATED = "../generated/prisma/client.ts";

/** A string in every file. */
const NOT_FOUND = '"Not found."';

const isCopy = (name: string) => name.startsWith("copy/");

/** Examples without the item of the others. Their tests in the Workers runtime send requests without a token. */
const OWN_VALIDATION = ["examples/cleanup", "examples/events", "examples/tenants"];

describe.each(names.map((name, position) => [name, sources[position] ?? ""] as const))("%s", (name, source) => {
  test("it is short, and has lines of at most 120 characters", () => {
    const lines = source.trimEnd().split("\n");
    expect(lines.length).toBeLessThan(isCopy(name) ? 80 : 100);
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
  });

  test("it imports packages only, and no file of this project", () => {
    const imports = [...source.matchAll(/\bfrom "([^"]+)"|\bimport\("([^"]+)"\)/g)].map(([, module]) => module ?? "");
    expect(imports.length).toBeGreaterThan(0);
    const packages = Object.keys(dependencies);
    const isAllowed = (module: string) =>
      module === GENERATED || module.startsWith("cloudflare:") || packages.some((each) => module === each || module.startsWith(`${each}/`));
    expect(imports.filter((module) => !isAllowed(module))).toEqual([]);
  });

  test.skipIf(OWN_VALIDATION.includes(name))("the validation of requests is the same in every file", () => {
    expect(source).toContain(COMMON);
    expect(validation(source)).toBe(validation(sources[0] ?? ""));
  });

  test.runIf(isCopy(name))("the part about requests and errors is the same in every file to copy", () => {
    const [first = ""] = sources;
    expect(source.slice(source.indexOf(COMMON))).toBe(first.slice(first.indexOf(COMMON)));
  });

  test("its bundle is minified, and its source map leads to the lines of the file", async () => {
    const { text, map = "" } = await bundle(name);
    const lines = text.split("\n");
    const line = lines.findIndex((each) => each.includes(NOT_FOUND));
    const column = lines[line]?.indexOf(NOT_FOUND) ?? -1;
    const found = new SourceMap(JSON.parse(map)).findEntry(line, column);
    const original = source.split("\n").findIndex((each) => each.includes(NOT_FOUND));
    expect(found).toMatchObject({ originalSource: expect.stringContaining(`${name}.ts`), originalLine: original });
    expect(text).toContain(`//# sourceMappingURL=${name.split("/")[1]}.js.map`);
  });
});
