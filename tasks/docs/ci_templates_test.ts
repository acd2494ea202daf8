import assert from "node:assert/strict";
import { dirname, join, resolve } from "node:path";
import { benchCommand } from "../bench.ts";
import type { BenchArguments } from "../pipeline/bench_options.ts";

const FOLDER = resolve(import.meta.dirname!, "../../docs/ci");
/** Where each template checks out both versions and Benchbook, seen from the folder in which it calls the task. */
const TEMPLATES = {
  "github-actions.yml": { file: "base.json", base: "../base.json", scenario: "../after/bench/shop.ts" },
  "gitlab-ci.yml": {
    file: "$place/base.json",
    base: "$place/base.json",
    scenario: "$CI_PROJECT_DIR/bench/shop.ts",
  },
} as const;

for (const [name, wanted] of Object.entries(TEMPLATES)) {
  const text = Deno.readTextFileSync(join(FOLDER, name));

  Deno.test(`docs/ci/${name} measures the version before as the base of the new one, and confirms`, () => {
    const [, command] = /npx -y deno task bench ((?:.+\n)(?: +--.+\n)*)/.exec(text)!;
    const words = command!.replaceAll('"', "").trim().split(/\s+/);
    const task = benchCommand().exitOverride();
    task.parse(words, { from: "user" });
    const { confirm, arm, paths } = task.opts<BenchArguments & { paths: string; arm: unknown }>();
    assert.deepEqual(task.args, [wanted.scenario]);
    assert.equal(confirm, true);
    assert.match(JSON.stringify(paths), /sql/);
    assert.match(JSON.stringify(arm), new RegExp(`base.*${wanted.base.replaceAll(/[.$]/g, "\\$&")}`));
  });

  Deno.test(`docs/ci/${name} writes an arm's file that takes its questions from the version before`, () => {
    const [, json, file] = /echo '(\{.*\})' > "?([^"\s]+)"?$/m.exec(text)!;
    assert.equal(file, wanted.file);
    const { queries } = JSON.parse(json!) as { queries: string };
    // A path in an arm's file is relative to that: the checkout stands beside it.
    assert.equal(join(dirname(file), queries), join(dirname(wanted.file), "before/bench/queries"));
    assert.match(
      text,
      name.startsWith("github") ? /path: before$/m : /worktree add --detach "\$place\/before"/,
    );
  });
}

Deno.test("templates keep the report also of a version that is slower", () => {
  const [github, gitlab] = Object.keys(TEMPLATES).map((name) => Deno.readTextFileSync(join(FOLDER, name)));
  assert.match(
    github!,
    /if: always\(\)\n +uses: actions\/upload-artifact@v\d+\n +with:[\s\S]*path: benchbook\/reports\//,
  );
  assert.match(
    gitlab!,
    /BENCHBOOK_REPORTS: \$CI_PROJECT_DIR\/benchmark\n[\s\S]*when: always\n +paths:\n +- benchmark\//,
  );
});
