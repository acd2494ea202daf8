import assert from "node:assert/strict";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { withTempHome } from "../stack/testing.ts";

const OK = "\x1b[32mok\x1b[0m | 12 passed | 0 failed (3s)";
const FAILED = "FAILED | 3 passed (2 steps) | 2 failed (1m3s)";

type Part = [said: string, code: number];

/** What both parts say and end with, and what CI makes of it. */
const CASES: readonly [what: string, quick: Part, added: Part, line: string][] = [
  ["both parts pass", [OK, 0], ["ok | 5 passed | 0 failed | 1 ignored (1s)", 0], "17 passed, 0 failed"],
  ["the first fails, and the second is run all the same", [FAILED, 1], [OK, 0], "15 passed, 2 failed"],
  ["a part closes twice", [`${OK}\n${FAILED}`, 1], [OK, 0], "27 passed, 2 failed"],
  ["the second fails", [OK, 0], [FAILED, 1], "15 passed, 2 failed"],
  ["a part runs no test", [OK, 0], ["nothing", 0], "12 passed, 1 failed"],
  ["types are wrong", [OK, 0], [`error: Type checking failed.\n${OK}`, 1], "24 passed, 1 failed"],
  ["the first part ends without a count", ["error: no", 1], [OK, 0], "12 passed, 1 failed"],
  ["a part ends badly though no test failed", [OK, 1], [OK, 0], "24 passed, 1 failed"],
];

/** Runs what CI runs, its two parts replaced by programs that say and end with this. */
function runCi(quick: Part, added: Part): Promise<{ lines: string[]; code: number }> {
  return withTempHome(async (home) => {
    const programs = join(home, "bin");
    mkdirSync(join(home, ".ci"));
    mkdirSync(programs);
    copyFileSync(resolve(import.meta.dirname!, "../../.ci/run"), join(home, ".ci/run"));
    const part = ([said, code]: Part) => `printf '%s\\n' "${said}"; exit ${code}`;
    writeFileSync(
      join(programs, "npx"),
      `#!/bin/sh\ncase "$*" in\n"-y deno task test") ${part(quick)};;\n` +
        `"-y deno task test --added") ${part(added)};;\nesac\nexit 9\n`,
    );
    chmodSync(join(programs, "npx"), 0o755);
    const { code, stdout } = await new Deno.Command("bash", {
      args: [join(home, ".ci/run")],
      env: { PATH: `${programs}:${Deno.env.get("PATH")}` },
    }).output();
    return { lines: new TextDecoder().decode(stdout).trimEnd().split("\n"), code };
  });
}

for (const [what, quick, added, line] of CASES) {
  Deno.test(`CI adds up both parts: ${what}`, async () => {
    const { lines, code } = await runCi(quick, added);
    assert.equal(lines.at(-1), line);
    assert.equal(code === 0, line.endsWith(" 0 failed"));
  });
}

Deno.test("CI repeats at its end what failed in the first part, above its closing line", async () => {
  const told = "What failed:\n  a test => ./a_test.ts:1:1\n    error: no\nThe longest: a_test.ts (1 s)\n" +
    FAILED;
  const { lines, code } = await runCi([told, 1], ["much else\n" + OK, 0]);
  assert.notEqual(code, 0);
  assert.deepEqual(lines.slice(-5), [
    OK,
    "What failed:",
    "  a test => ./a_test.ts:1:1",
    "    error: no",
    "15 passed, 2 failed",
  ]);
});
