import assert from "node:assert/strict";
import { placeOfUrl, shownPgUrl } from "./place.ts";

Deno.test("a connection string leads where pg goes by it, however it says so", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["postgres://u:s3cr3t@h:1/d", "h:1", "postgres://u:***@h:1/d"],
    ["postgres://u@h/d?sslmode=require", "h:5432", "postgres://u@h/d"],
    [
      "postgres:///d?host=127.0.0.1&port=55411&user=u&password=s3cr3t",
      "127.0.0.1:55411",
      "postgres://u@127.0.0.1:55411/d",
    ],
    ["postgres://u@[::1]:5/d", "[::1]:5", "postgres://u@[::1]:5/d"],
    ["postgres://x@h:2/d?host=other&user=u", "other:2", "postgres://u@other:2/d"],
    ["postgres:///d?host=/run/pg&user=u", "/run/pg/.s.PGSQL.5432", "postgres://u@/d?host=/run/pg"],
    ["postgres://%C3%BC@h/a%20b", "h:5432", "postgres://%C3%BC@h/a%20b"],
    ["postgres://u:s3cr3t@h/d?dbname=other&sslmode=require", "h:5432", "postgres://u@h:5432/other"],
    [
      "postgres:///?host=/run/pg&user=u&dbname=a%20b",
      "/run/pg/.s.PGSQL.5432",
      "postgres://u@/a%20b?host=/run/pg",
    ],
  ];
  for (const [url, at, shown] of cases) {
    assert.equal(placeOfUrl(url).at, at);
    assert.equal(shownPgUrl(url), shown);
  }
});
