import { dirname } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";

import { type Bundle, bundle, driverNames } from "../bundle.ts";
import { dependencies } from "../package.json";

const names = await driverNames();

test("there is a Worker for each driver", () => {
  expect(names).toEqual(["pg", "postgres"]);
});

describe.each(names)("the bundle of %s", (name) => {
  let made: Bundle;
  beforeAll(async () => {
    made = await bundle(name);
  });

  test("a second build gives the same bytes", async () => {
    expect((await bundle(name)).text).toBe(made.text);
  });

  test("the directory it is built from makes no difference", async () => {
    const before = process.cwd();
    process.chdir("/");
    try {
      expect((await bundle(name)).text).toBe(made.text);
    } finally {
      process.chdir(before);
    }
  });

  test("it contains no path of this machine", () => {
    expect(made.text).not.toContain(dirname(import.meta.dirname));
    expect(made.text).not.toMatch(/^\/\/ (\/|\.\.|[A-Z]:)/m);
  });

  test("it contains its driver, no other, and says which release", () => {
    const release = `${name}@${dependencies[name as keyof typeof dependencies]}`;
    expect(made.drivers).toEqual([release]);
    expect(made.text.split("\n")[0]).toBe(`/* edge-postgres: driver ${release} */`);
    for (const other of names.filter((other) => other !== name)) {
      expect(made.text).not.toContain(`// node_modules/${other}/`);
    }
  });

  test("it imports only what the Workers runtime has", () => {
    const specifiers = [...made.text.matchAll(/\bimport\b[^;\n]*?["']([^"']+)["']/g)].map(([, specifier]) => specifier);
    expect(specifiers.length).toBeGreaterThan(0);
    expect(specifiers.filter((specifier) => !/^(node|cloudflare):/.test(specifier ?? ""))).toEqual([]);
  });

  test("a module that calls require makes one first", () => {
    const calls = made.text.includes(" __require(");
    expect(made.text.includes("createRequire as __createRequire")).toBe(calls);
    expect(calls).toBe(name === "pg");
  });
});
