import assert from "node:assert/strict";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname!, "../..");

Deno.test("what scenarios and notebooks of a user import is documented, every field of it", async () => {
  const lint = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-R", "--allow-run", "tasks/doc_lint.ts"],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdout: "null",
  });
  const { code, stderr } = await lint.output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
});
