import assert from "node:assert/strict";
import { UsageError } from "./errors.ts";
import { checkedUrl, withoutPasswords } from "./service_url.ts";

const SECRET = "s3cr3t";
const POSTGRES = ["postgres:", "postgresql:"];

/** URLs with a password that is cut into pieces by whoever reads them. */
const CUT = [
  `postgres://user:p@${SECRET}@host/db`,
  `postgres://user:p@${SECRET}#word@host/db`,
  `postgres://user:p@${SECRET}#word`,
  `postgres://user:1#${SECRET}@host/db`,
  `postgres://user:${SECRET}/x@host/db`,
  `postgres://user:12/${SECRET}@host/db`,
  `postgres://user:${SECRET}?x@host/db`,
  `postgres://user:12?${SECRET}=1@host/db`,
  `postgres://user:12\\${SECRET}@host/db`,
  `postgres://user:50%${SECRET}@host/db`,
  `postgres://user:a ${SECRET}@host/db`,
  `postgres://user:[${SECRET}/db`,
  `${SECRET}:word@host/db`,
  `${SECRET}`,
  `//user:${SECRET}@host/db`,
];

Deno.test("a password that is not percent-encoded is a usage error, and nothing of the URL is repeated", () => {
  for (const url of CUT) {
    for (
      const [protocols, text] of [[POSTGRES, url], [
        ["redis:", "rediss:"],
        url.replace("postgres:", "redis:"),
      ]]
    ) {
      assert.throws(() => checkedUrl("SOME_URL", text as string, protocols as string[]), (error) => {
        assert.ok(error instanceof UsageError, String(error));
        assert.match(error.message, /^Cannot use SOME_URL as a URL: it /);
        assert.ok(!`${error.message} ${error.next} ${error.stack}`.includes(SECRET), error.message);
        if (url.startsWith("postgres:")) assert.match(error.next!, /Percent-encode the password/);
        return true;
      }, url);
    }
  }
});

Deno.test("URLs as they are written are taken as they are", () => {
  for (
    const url of [
      "postgres://user:p%40ss%23w%2F%3F@host:5432/db?sslmode=require&options=-c%20work_mem%3D1MB",
      "postgres://user:a:b@[::1]/db",
      "postgresql:///db?host=/var/run/postgresql",
      "postgres://user@%2Fvar%2Frun%2Fpostgresql/db",
      "postgres://user:p$!&'()*+,;=~@host/db",
      "POSTGRES://host",
    ]
  ) {
    assert.equal(checkedUrl("DATABASE_URL", url, POSTGRES), url);
  }
  const graphql = "https://user:secret@host/v1/graphql?tenant=a/b";
  assert.equal(checkedUrl("GRAPHQL_URL", graphql, ["http:", "https:"]), graphql);
});

Deno.test("no sentence has the password of a URL or of a connection string in it", () => {
  for (
    const [said, shown] of [
      ["at postgres://u:s3cr3t@h/d, as", "at postgres://u:***@h/d, as"],
      ["redis://:s3cr3t@h", "redis://:***@h"],
      ["(https://s3cr3t@h/graphql)", "(https://***@h/graphql)"],
      ["for url (https://h/graphql?apikey=s3cr3t&x=s3cr3t)", "for url (https://h/graphql?***"],
      ["postgres://h/d?user=u&password=s3cr3t&x=1", "postgres://h/d?user=u&password=***&x=1"],
      ["host=h password=s3cr3t user=u", "host=h password=*** user=u"],
      ["CONNECTION 'host=h password = s3cr3t'", "CONNECTION 'host=h password = ***'"],
      ["sslpassword='s3 cr3t' x", "sslpassword=*** x"],
      [
        "see https://example.org/a/b, or postgres://h:5432/d",
        "see https://example.org/a/b, or postgres://h:5432/d",
      ],
    ] as const
  ) assert.equal(withoutPasswords(said), shown);
  const long = "x".repeat(2e6);
  assert.equal(withoutPasswords(long), long);
});
