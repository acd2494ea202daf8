import assert from "node:assert/strict";
import { withMounts } from "../pipeline/testing_mounts.ts";
import { withTempHome } from "../stack/testing.ts";
import type { FullTarget } from "./testing_full_target.ts";

/** The target's data lie on a small disk that nothing else is on. */
const SCRIPT = `
mkdir -p "$HOME_FOLDER/disk" && mount -t tmpfs -o size=300m tmpfs "$HOME_FOLDER/disk" || exit 99
chmod 711 "$HOME_FOLDER/disk"
"$DENO" run -A --quiet "$TASKS/move/testing_full_target.ts" "$HOME_FOLDER/disk" "$LOG" $AT
`;

/** @param log where the write-ahead log lies; "": with the data */
async function fullTargets(home: string, log: string, at: readonly string[]): Promise<FullTarget[]> {
  const { code, stdout, stderr } = await withMounts(SCRIPT, {
    HOME_FOLDER: home,
    LOG: log,
    AT: at.join(" "),
  });
  assert.equal(code, 0, stderr);
  const found = JSON.parse(stdout) as FullTarget[];
  assert.deepEqual(found.map((each) => each.at), at);
  for (const { outcome, refused, whole, left, still } of found) {
    assert.deepEqual([outcome.done, outcome.at, refused, whole], [false, "source", [], true]);
    assert.deepEqual(still, []);
    assert.deepEqual(left, { source: [], target: [] });
    assert.match(outcome.stopped!, /Clients and data are at the source\.$/);
  }
  return found;
}

/** Where the target's disk is filled up, and why the move then ends. */
const FILLED: readonly (readonly [at: string, step: number, why: RegExp])[] = [
  // While rows are copied.
  ["3.1", 3, /Cannot copy the tables: nothing has come for 3 s, and these are not whole: shop\.item/],
  // While it catches up.
  ["6.1", 6, /Cannot catch up: a row must be seen at the other server within/],
  // While clients wait.
  ["close", 8, /Cannot switch within 2 s, so long clients may wait/],
];

Deno.test("a move to a server whose disk fills up ends with that reason, with clients at the source and nothing left", async () => {
  await withTempHome(async (home) => {
    const found = await fullTargets(home, `${home}/log`, FILLED.map(([at]) => at));
    for (const [nth, [, step, why]] of FILLED.entries()) {
      const { outcome } = found[nth]!;
      assert.equal(outcome.step, step);
      assert.match(outcome.stopped!, why);
      assert.match(
        outcome.stopped!,
        /The target's disk is full \(could not extend file .*No space left on device.*\): free some space there\./,
      );
      assert.equal(outcome.stopped!.match(/disk is full/g)!.length, 1, outcome.stopped!);
      assert.deepEqual(outcome.left, []);
    }
  });
});

Deno.test("a move to a server that a full disk ends says so, and what may be left there is removed once it serves again", async () => {
  await withTempHome(async (home) => {
    const [{ outcome }] = await fullTargets(home, "", ["3.1"]) as [FullTarget];
    assert.match(outcome.stopped!, /The target does not serve any more: /);
    assert.match(outcome.left.join(), /may have left something in the embedded database "test"/);
  });
});
