import assert from "node:assert/strict";
import { readArmFile } from "../load/arm_file.ts";
import { checkedUrl } from "../model/service_url.ts";
import { withClient } from "../seed/connect.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { placeOf, urlOf } from "../undo/place.ts";
import { placeOfUrl } from "./place.ts";

Deno.test("the parameter dbname leads where psql goes by it, and a clone's URL beside it", async () => {
  await withDatabase(async (url) => {
    const own = new URL(url).pathname.slice(1);
    const given = Object.assign(new URL(url), { pathname: "/nowhere" });
    given.searchParams.set("dbname", own);
    const asked = (url: string) =>
      withClient(url, async (client) => (await placeOf(client, url, false)).database);
    assert.equal(placeOfUrl(given.href).database, own);
    assert.equal(await asked(given.href), own);
    const read = checkedUrl("DATABASE_URL", given.href, ["postgres:"]);
    assert.equal(await asked(read), own);
    assert.equal(await asked(urlOf(read, "template1")), "template1");
  });
});

Deno.test("a database is found by its name whatever that holds", async () => {
  const name = `odd;b,=+&@$:/ %ü_${crypto.randomUUID().slice(0, 8)}`;
  await withDatabase(async (url) => {
    await withClient(url, (client) => client.query(`CREATE DATABASE "${name}"`));
    try {
      const odd = urlOf(url, name);
      assert.equal(placeOfUrl(odd).database, name);
      const found = await withClient(odd, (client) => client.query("SELECT current_database() AS name"));
      assert.equal(found.rows[0].name, name);
    } finally {
      await withClient(url, (client) => client.query(`DROP DATABASE "${name}"`));
    }
  });
});

Deno.test("what reads a connection string has the database in its path", async () => {
  const protocols = ["postgres:", "postgresql:"];
  const read = (text: string) => checkedUrl("DATABASE_URL", text, protocols);
  assert.equal(
    read("postgres://u:p%40@h:1/d?dbname=a%2Fb&sslmode=require"),
    "postgres://u:p%40@h:1/a%2Fb?sslmode=require",
  );
  assert.equal(read("postgresql://h?dbname=one&dbname=two"), "postgresql://h/two");
  assert.equal(read("postgres://h/d?dbname="), "postgres://h/d");
  assert.equal(read("postgres:///?host=/run/pg&dbname=d"), "postgres:///d?host=%2Frun%2Fpg");
  assert.equal(read("postgres://h/d?sslmode=require"), "postgres://h/d?sslmode=require");
  const graphql = "http://h/graphql?dbname=d";
  assert.equal(checkedUrl("GRAPHQL_URL", graphql, ["http:"]), graphql);
  const folder = Deno.makeTempDirSync();
  try {
    const file = `${folder}/arm.json`;
    Deno.writeTextFileSync(file, JSON.stringify({ databaseUrl: "postgres://h/d?dbname=other" }));
    assert.equal((await readArmFile("a", file)).databaseUrl, "postgres://h/other");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
