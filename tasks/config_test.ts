import assert from "node:assert/strict";
import { parseEnvFile, readConfig, readEnvFile, redactUrl } from "./config.ts";

Deno.test("a password cut by the comment that .env begins with # is refused, and nothing of it is said", () => {
  for (const name of ["DATABASE_URL", "REDIS_URL", "GRAPHQL_URL"]) {
    const scheme = { DATABASE_URL: "postgres", REDIS_URL: "redis", GRAPHQL_URL: "http" }[name];
    for (const before of ["", "export ", "  "]) {
      const env = parseEnvFile(
        `A=1\n${before}${name} = ${scheme}://user:p@s3cr3t#word@host/db # ours\nB=2\n`,
      );
      assert.deepEqual([env.A, env.B], ["1", "2"]);
      assert.throws(() => readConfig(env), (error: Error) => {
        assert.match(error.message, new RegExp(`Cannot use ${name} as a URL: .* not percent-encoded`));
        assert.ok(!/s3cr3t|word@|user/.test(`${error.message} ${(error as { next?: string }).next}`));
        return true;
      });
    }
  }
});

Deno.test("so is one in a file, before anything is asked of a host that it would seem to name", async () => {
  const file = await Deno.makeTempFile({ suffix: ".env" });
  try {
    for (
      const [name, scheme] of [["DATABASE_URL", "postgres"], ["REDIS_URL", "redis"], ["GRAPHQL_URL", "http"]]
    ) {
      await Deno.writeTextFile(file, `${name}=${scheme}://user:p@s3cr3t#word@host/db\n`);
      assert.throws(() => readConfig(readEnvFile(file)), (error: Error) => {
        assert.match(error.message, new RegExp(`Cannot use ${name} as a URL: .* not percent-encoded`));
        assert.ok(!/s3cr3t|word@|user/.test(`${error.message} ${(error as { next?: string }).next}`));
        return true;
      });
    }
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("a comment behind a URL of .env is none of it", () => {
  const env = parseEnvFile(
    'DATABASE_URL=postgres://u:p@h/d # ours\nREDIS_URL="redis://:p@h" # theirs\n#X_URL=a#b\n',
  );
  assert.deepEqual(env, { DATABASE_URL: "postgres://u:p@h/d", REDIS_URL: "redis://:p@h" });
});

Deno.test("a URL is shown without what could be secret", () => {
  assert.equal(redactUrl("postgres://u:p@h:1/d?password=x"), "postgres://u:***@h:1/d");
  assert.equal(redactUrl("https://s3cr3t@h/graphql?apikey=x#y"), "https://***@h/graphql");
  assert.equal(redactUrl("postgres://u@h/d"), "postgres://u@h/d");
});

Deno.test("thread migration is on unless it is switched off, and nothing else can be said of it", () => {
  const read = (value?: string) => readConfig({ BENCHBOOK_THREAD_MIGRATION: value }).threadMigration;
  assert.deepEqual([read(), read("on"), read(" off ")], [true, true, false]);
  assert.throws(() => read("no"), /BENCHBOOK_THREAD_MIGRATION: "no" must be on or off/);
});

Deno.test("the PDF is printed for A4 unless another paper is named, and a name that is near is suggested", () => {
  assert.equal(readConfig({}).paper, "A4");
  assert.equal(readConfig({ BENCHBOOK_PAPER: "Letter" }).paper, "Letter");
  assert.throws(() => readConfig({ BENCHBOOK_PAPER: "letter" }), { next: /Letter/ });
});
