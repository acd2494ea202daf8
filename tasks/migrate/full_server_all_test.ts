import assert from "node:assert/strict";
import { ExitCode } from "../model/errors.ts";
import { withMounts } from "../pipeline/testing_mounts.ts";
import { withTempHome } from "../stack/testing.ts";

/** The server's cluster alone lies on a small disk: a change fills it up, and nothing but that. */
const SCRIPT = `
mkdir -p "$HOME_FOLDER/disk" && mount -t tmpfs -o size=500m tmpfs "$HOME_FOLDER/disk" || exit 99
chmod 711 "$HOME_FOLDER/disk"
mkdir "$HOME_FOLDER/lab"
export BENCHBOOK_HOME="$HOME_FOLDER/lab/home" BENCHBOOK_REPORTS="$HOME_FOLDER/lab/reports"
"$DENO" run -A --quiet "$TASKS/migrate/testing_full_server.ts" "$HOME_FOLDER/disk" "$HOME_FOLDER/lab/change.sql"
`;

Deno.test("a change that fills up the server's disk stops with its reason, and no write is lost", async () => {
  await withTempHome(async (home) => {
    const { code, stdout, stderr } = await withMounts(SCRIPT, { HOME_FOLDER: home });
    assert.equal(code, 0, stderr);
    const { change: { code: ended, said, left }, index } = JSON.parse(stdout);
    assert.equal(ended, ExitCode.verdictFailed, said);
    assert.match(
      said,
      /FAIL: The migration failed \(\S+change\.sql, statement 2\): could not (extend|write to) file .*: No space left on device/,
    );
    assert.match(said, /Free some space on the server's disk, then try again\./);
    assert.match(said, /Of the 3 statements of \S+change\.sql the first one is done\./);
    assert.match(
      said,
      /Once that is mended `deno task migrate \S+change\.sql --in-place postgres --from 2 .*` goes on with it/,
    );
    assert.match(said, /Check every write: \d+ acknowledged writes?, each as it must be/);
    assert.deepEqual(left, { ours: 0, filler: null });
    // An index that was begun beside others is not left INVALID.
    assert.equal(index.outcome.stopped.code, "53100");
    assert.match(index.outcome.stopped.message, /No space left on device/);
    assert.deepEqual([index.outcome.cleaned, index.invalid], [[
      "The INVALID index public.item_n was removed.",
    ], []]);
  });
});
