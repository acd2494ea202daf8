import assert from "node:assert/strict";
import { join } from "node:path";

const root = join(import.meta.dirname!, "..");

Deno.test(".env.example names every schema that Benchbook makes", async () => {
  const example = await Deno.readTextFile(join(root, ".env.example"));
  const listed = /its own schemas only \(([^)]+)\)/.exec(example)![1]!.split(", ").sort();
  const made = new Set<string>();
  const schema = join(root, "queries", "schema");
  for await (const folder of Deno.readDir(schema)) {
    for await (const { name } of Deno.readDir(join(schema, folder.name))) {
      if (!name.endsWith(".sql")) continue;
      const sql = await Deno.readTextFile(join(schema, folder.name, name));
      for (const [, found] of sql.matchAll(/^CREATE SCHEMA (\w+)/gm)) made.add(found!);
    }
  }
  assert.deepEqual(listed, [...made].sort());
});
