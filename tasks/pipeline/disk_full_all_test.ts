import assert from "node:assert/strict";
import { LITTLE } from "./testing_migration.ts";
import { join } from "node:path";
import process from "node:process";
import { makeReports } from "../report/publish/testing_site.ts";
import { withTempDir } from "../store/testing.ts";
import { onSmallDisk } from "./testing_small_disk.ts";

Deno.test("a disk that is nearly full in mid-run ends the run in order: it is stored, exit 3, nothing is left", async () => {
  const { first, second } = await onSmallDisk("1100m", 40);
  assert.match(first, /Store: [\d,]+ timings/);
  assert.match(
    first,
    /The run ended early: the disk is full, but for .* What was measured until then is kept\./,
  );
  assert.match(first, /exit 3$/m);
  assert.doesNotMatch(second, /Recovered|set-aside/);
  assert.match(second, /exit [04]$/m);
});

Deno.test("a disk that is nearly full ends a migration in order: it is stored, exit 3, its clone is gone", async () => {
  const args = ["backfill", "--variant", "naive", ...LITTLE, "--duration", "20s"];
  const { first, second } = await onSmallDisk("1100m", 40, args);
  assert.match(first, /Check every write: \d+ acknowledged writes?, each as it must be/);
  assert.match(first, /Store: [\d,]+ timings/);
  assert.match(first, /The run ended early: the disk is full, but for /);
  assert.match(first, /exit 3$/m);
  assert.doesNotMatch(second, /Recovered|set-aside|Dropped the clone/);
  assert.match(second, /exit [04]$/m);
});

Deno.test("a disk that fills up in mid-run: exit 3, and the rows spooled before are recovered", async () => {
  const { first, second } = await onSmallDisk("1100m", 0);
  assert.match(first, /No space left on device|disk is full/i);
  assert.match(first, /exit 3$/m);
  assert.doesNotMatch(first, /\n\s+at /, "no stack trace");
  assert.match(second, /Recovered run \S+ \(crashed\): [\d,]+ requests/);
  assert.match(second, /exit [04]$/m);
});

const ONTO_A_FULL_DISK = `
mkdir -p "$DISK"; mount -t tmpfs -o size=80k tmpfs "$DISK" || exit 99
both() {
  "$DENO" run -A --quiet "$TASKS/export.ts" one "$DISK/export" 2>&1; echo "export $?"
  "$DENO" run -A --quiet "$TASKS/publish.ts" --no-pdf "$DISK/site" one 2>&1; echo "publish $?"
}
both; echo "holds $(ls -A "$DISK")"
mount -o remount,size=20m "$DISK"; both
`;

Deno.test("export and publish onto a full disk: exit 3, what to do and nothing left; with more space they succeed", () =>
  withTempDir(async (dir) => {
    await makeReports(
      join(dir, "reports"),
      [{ label: "one", slots: 2400 }],
      `<p>${"A page. ".repeat(20_000)}</p>`,
    );
    const namespace = process.getuid!() === 0 ? ["-m"] : ["-Um", "--map-current-user", "--keep-caps"];
    const { stdout } = await new Deno.Command("unshare", {
      args: [...namespace, "sh", "-c", ONTO_A_FULL_DISK],
      env: {
        DISK: join(dir, "disk"),
        DENO: Deno.execPath(),
        TASKS: join(import.meta.dirname!, ".."),
        BENCHBOOK_HOME: join(dir, "home"),
        BENCHBOOK_REPORTS: join(dir, "reports"),
        NO_COLOR: "1",
      },
    }).output();
    const said = new TextDecoder().decode(stdout);
    const [before, after] = said.split(/^holds $/m) as [string, string];
    assert.ok(after !== undefined, said);
    for (const [what, place] of [["export", "export"], ["publish", "site"]]) {
      assert.match(
        before,
        new RegExp(
          `^error: Cannot ${what} into \\S+/disk/${place}: its disk is full\n +Free some space, or name another folder\\.\n` +
            `(.*\n)*?${what} 3$`,
          "m",
        ),
      );
      assert.match(after, new RegExp(`^${what} 0$`, "m"));
    }
  }));
