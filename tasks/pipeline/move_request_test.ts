import assert from "node:assert/strict";
import { UsageError } from "../model/errors.ts";
import { movePlan, refuseMoveOptions } from "./move_request.ts";

const GIVEN = { andBack: false };
const EMBEDDED = { databaseUrl: undefined };

/** Ends with exit code 2, one sentence, and no password. */
function refused(work: () => unknown, said: RegExp): void {
  assert.throws(work, (error) => {
    assert.ok(error instanceof UsageError);
    const text = `${error.message}\n${error.next}`;
    assert.match(text, said);
    assert.doesNotMatch(text, /s3cret/);
    return true;
  });
}

Deno.test("a move between embedded servers needs nothing", () => {
  assert.deepEqual(movePlan(GIVEN, EMBEDDED), { andBack: false, onSwitch: null });
  assert.deepEqual(movePlan({ ...GIVEN, andBack: true, onSwitch: "./pools.sh" }, EMBEDDED), {
    andBack: true,
    onSwitch: "./pools.sh",
  });
});

Deno.test("a server of the user's is not moved", () => {
  refused(
    () => movePlan(GIVEN, { databaseUrl: "postgres://me:s3cret@old:5432/shop" }),
    /Cannot move the database of DATABASE_URL to a new server[\s\S]*Unset DATABASE_URL/,
  );
});

Deno.test("options that contradict each other, or are another migration's, are refused", () => {
  refused(() => movePlan({ ...GIVEN, andBack: true, variant: "naive" }, EMBEDDED), /after the naive move/);
  refused(() => movePlan({ ...GIVEN, sweep: "lock_timeout=1s" }, EMBEDDED), /Leave out --sweep/);
  refused(() => movePlan({ ...GIVEN, onSwitch: " " }, EMBEDDED), /--on-switch: it is empty/);
  refused(
    () => refuseMoveOptions("add-column", { ...GIVEN, andBack: true }),
    /Cannot use --and-back with add-column/,
  );
  refused(() => refuseMoveOptions("all", { ...GIVEN, onSwitch: "true" }), /Cannot use --on-switch with all/);
  refuseMoveOptions("move-server", { ...GIVEN, andBack: true, onSwitch: "true" });
});
