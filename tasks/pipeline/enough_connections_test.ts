import assert from "node:assert/strict";
import type { UsageError } from "../model/errors.ts";
import { postgresSettings } from "../stack/postgres_settings.ts";
import { needConnections } from "./enough_connections.ts";

const TARGETS = [{ path: "sql" }, { path: "sql+cache" }, { path: "graphql" }];

Deno.test("a run that keeps more connections than the server has is refused before it begins", () => {
  needConnections(TARGETS, 30, 30, "100");
  assert.throws(
    () => needConnections(TARGETS, 31, 31, "100"),
    /Cannot keep 93 connections to PostgreSQL, 31 for each of the arms: its max_connections is 100, and 10/,
  );
  const next = (ours: boolean) => {
    try {
      needConnections(TARGETS, 31, 31, "100", ours);
    } catch (error) {
      return (error as UsageError).next;
    }
    return undefined;
  };
  assert.match(next(false)!, /set max_connections to 103 or more/);
  assert.doesNotMatch(next(true)!, /max_connections/);
  // A GraphQL service of the user's has a pool of its own, of which nothing is known.
  needConnections(TARGETS, 45, 0, "100");
  // Where the server does not say how many it has, it will.
  needConnections(TARGETS, 1000, 1000, undefined);
});

Deno.test("the embedded server has room for 200 clients on each path of the default scenario", () => {
  needConnections(TARGETS, 200, 200, postgresSettings()["max_connections"], true);
});
