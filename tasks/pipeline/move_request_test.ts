import assert from "node:assert/strict";
import type { PlannedArm } from "../model/arms.ts";
import { UsageError } from "../model/errors.ts";
import { movePlan, refuseMoveOptions, refuseUngated } from "./move_request.ts";

const GIVEN = { andBack: false, clone: false };
const EMBEDDED = { databaseUrl: undefined, targetDatabaseUrl: undefined, graphqlUrl: undefined };
const THEIRS = {
  databaseUrl: "postgres://me:s3cret@old:5432/shop",
  targetDatabaseUrl: "postgres://me:s3cret@new:5432/store",
  graphqlUrl: undefined,
};

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

Deno.test("servers of the user's are moved between only where both are set and both are named", () => {
  const named = { ...GIVEN, inPlace: "shop,store" };
  assert.deepEqual(movePlan(named, THEIRS), { andBack: false, onSwitch: null });
  refused(() => movePlan(GIVEN, THEIRS), /--in-place is not given[\s\S]*--in-place shop,store/);
  for (const inPlace of ["shop", "store,shop", "shop,store,more", "", "shop, store"]) {
    refused(
      () => movePlan({ ...GIVEN, inPlace }, THEIRS),
      /DATABASE_URL names the database "shop", and TARGET_DATABASE_URL "store"[\s\S]*Nothing was changed/,
    );
  }
  refused(() => movePlan({ ...named, clone: true }, THEIRS), /Leave out --clone/);
  refused(
    () => movePlan(named, { ...THEIRS, targetDatabaseUrl: undefined }),
    /DATABASE_URL is set, and TARGET_DATABASE_URL is not/,
  );
  refused(
    () => movePlan(named, { ...THEIRS, databaseUrl: undefined }),
    /TARGET_DATABASE_URL is set, and DATABASE_URL is not/,
  );
  refused(() => movePlan(named, EMBEDDED), /DATABASE_URL and TARGET_DATABASE_URL are not set/);
  const same = { ...THEIRS, targetDatabaseUrl: "postgres://other@old/shop" };
  refused(
    () => movePlan({ ...GIVEN, inPlace: "shop,shop" }, same),
    /name the same database, "shop" at old:5432/,
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

Deno.test("a service of the user's goes over by their own command alone", () => {
  const arms = [{ name: "sql", path: "sql" }, { name: "graphql", path: "graphql" }] as PlannedArm[];
  const theirs = { ...THEIRS, graphqlUrl: "http://localhost:5000/graphql" };
  refused(
    () => refuseUngated(arms, { andBack: false, onSwitch: null }, theirs),
    /under the load of graphql: the service at GRAPHQL_URL would go on asking the old server/,
  );
  refuseUngated(arms, { andBack: false, onSwitch: "./pools.sh" }, theirs);
  refuseUngated(arms.slice(0, 1), { andBack: false, onSwitch: null }, theirs);
  refuseUngated(arms, { andBack: false, onSwitch: null }, THEIRS);
});
