import assert from "node:assert/strict";
import { withMounts } from "../pipeline/testing_mounts.ts";
import { withTempHome } from "../stack/testing.ts";

/** The server's cluster alone lies on a small disk: a change fills it up, and nothing but that. */
const SCRIPT = `
mkdir -p "$HOME_FOLDER/disk" && mount -t tmpfs -o size=500m tmpfs "$HOME_FOLDER/disk" || exit 99
chmod 711 "$HOME_FOLDER/disk"
"$DENO" run -A --quiet "$TASKS/migrate/testing_full_server.ts" "$HOME_FOLDER/disk"
`;

Deno.test("a change that fills up the server's disk stops with its reason, and no write is lost", async () => {
  await withTempHome(async (home) => {
    const { code, stdout, stderr } = await withMounts(SCRIPT, { HOME_FOLDER: home });
    assert.equal(code, 0, stderr);
    const { outcome: { stopped, left }, ledger, entries, index } = JSON.parse(stdout);
    assert.deepEqual([stopped.step, stopped.code], [2, "53100"]);
    assert.match(
      stopped.message,
      /could not (extend|write to) file .*: No space left on device.* \(SQLSTATE 53100\)$/,
    );
    assert.equal(stopped.next, "Free some space on the server's disk, then try again.");
    assert.deepEqual(left, [
      "Done, and it stays: change/safe/01-step.sql.",
      "Of change/safe/02-step.sql nothing is done.",
      "Not begun: change/safe/03-step.sql.",
    ]);
    const { ok, failed, unknown, notVerified, problems } = ledger;
    assert.deepEqual([entries, ok, failed, unknown, notVerified, problems], [200, 200, 0, 0, 0, {}]);
    // An index that was begun beside others is not left INVALID.
    assert.equal(index.outcome.stopped.code, "53100");
    assert.match(index.outcome.stopped.message, /No space left on device/);
    assert.deepEqual([index.outcome.cleaned, index.invalid], [[
      "The INVALID index public.item_n was removed.",
    ], []]);
  });
});
