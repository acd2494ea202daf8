import assert from "node:assert/strict";
import { lintedAll } from "../lint/testing_linter.ts";
import { lintText } from "./lint_text.ts";
import { displayWidth } from "./safe_text.ts";

Deno.test("statements to write instead are not broken, for a remark's second line would be none; prose is", async () => {
  const statements = await lintedAll("ALTER TABLE t ADD UNIQUE (a)", "CREATE TABLE t (a int)");
  const safe =
    "CREATE INDEX CONCURRENTLY i ON t (a); -- outside of a transaction, and again where it fails\n-- then the rest of it";
  const [{ findings: [finding] }] = [statements.find(({ findings }) => findings.length > 0)!];
  const report = {
    statements: [{
      ...statements[0]!,
      findings: [{ ...finding!, message: "word ".repeat(30).trim(), safe }],
    }],
    counted: 1,
    source: null,
    version: 18,
    oldestTransaction: null,
    files: 1,
  };
  const lines = lintText(report, { columns: 60, prose: 60 }).split("\n");
  const [first, second] = safe.split("\n");
  const at = lines.indexOf(`    instead: ${first}`);
  assert.ok(at > 0, lines.join("\n"));
  assert.equal(lines[at + 1], `             ${second}`);
  assert.ok(lines.toSpliced(at, 2).every((line) => displayWidth(line) <= 60), lines.join("\n"));
});
