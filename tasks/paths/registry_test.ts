import assert from "node:assert/strict";
import { isCachedName } from "./names.ts";
import { isDirect } from "./path.ts";
import { findPath, pathOf, PATHS, paths, reference, SUFFIXES } from "./registry.ts";

const PLAIN = {
  postgres: { url: "postgres://u:p@127.0.0.1:5432/shop?sslmode=disable", session: "benchbook run load" },
  graphql: { url: "http://127.0.0.1:5000/graphql", headers: { "x-secret": "s" } },
  cache: { redisUrl: "redis://127.0.0.1:6379", prefix: "benchbook:run:", ttlSeconds: 60 },
};
const BY_TLS = {
  postgres: { url: "postgres://u:p@127.0.0.1:5432/shop?sslmode=require" },
  graphql: { ...PLAIN.graphql, url: "https://127.0.0.1:5000/graphql" },
  redis: { ...PLAIN.cache, redisUrl: "rediss://127.0.0.1:6379" },
};

Deno.test("each path is found by its name, and no other name finds one", () => {
  assert.equal(new Set(PATHS).size, paths.length);
  assert.deepEqual(paths.map(({ name }) => name), PATHS, "charts know them by their names alone");
  for (const path of paths) {
    assert.equal(pathOf(path.name), path);
    assert.equal(findPath(path.name), path);
  }
  for (const other of ["", "SQL", "sql ", "+cache", "constructor"]) assert.equal(findPath(other), undefined);
  assert.equal(findPath(undefined), undefined);
  assert.throws(() => pathOf("sqll"), /There is no path "sqll"/);
});

Deno.test("direct SQL is the reference, and its file is the one that every question has", () => {
  assert.ok(paths.includes(reference));
  assert.deepEqual([reference.suffix, reference.needs, reference.cached], [".sql", [], false]);
  for (const { language, suffix } of paths) {
    assert.ok(suffix.endsWith(`.${language}`), suffix);
    assert.ok(SUFFIXES.includes(suffix));
  }
});

for (const path of paths) {
  Deno.test(`${path.name}: what it says of itself agrees`, () => {
    assert.equal(path.cached, path.needs.includes("redis"));
    assert.equal(path.cached, isCachedName(path.name));
  });

  Deno.test(`${path.name}: its target goes to a thread by message and leads to no service that it does not need`, () => {
    const target = path.targetAt(PLAIN);
    assert.equal(target.path, path.name);
    assert.deepEqual(structuredClone(target), target);
    assert.equal(target.url, isDirect(path) ? PLAIN.postgres.url : PLAIN.graphql.url);
    assert.equal(target.session, isDirect(path) ? PLAIN.postgres.session : undefined);
    assert.deepEqual(target.cache, path.cached ? PLAIN.cache : undefined);
  });

  Deno.test(`${path.name}: TLS on any of its ways is seen, and on those of others is not`, () => {
    assert.equal(path.hasTls(path.targetAt(PLAIN)), false);
    const { postgres, graphql, redis } = BY_TLS;
    assert.equal(path.hasTls(path.targetAt({ ...PLAIN, postgres })), isDirect(path));
    assert.equal(path.hasTls(path.targetAt({ ...PLAIN, graphql })), !isDirect(path));
    assert.equal(path.hasTls(path.targetAt({ ...PLAIN, cache: redis })), path.cached);
  });
}
