import assert from "node:assert/strict";
import { attempt } from "./testing_attempt.ts";
import { type PlayedConnection, playServer, say } from "./testing_backend.ts";
import { MessageWriter } from "./wire.ts";

const PASSWORD = "s3cr3t";
const OFFER = say.authentication(10, "SCRAM-SHA-256\0\0");

type Play = (server: PlayedConnection) => Promise<void>;

/** What both clients make of a server, and what it has heard; who waits for it says so. */
async function against(play: Play, parameters = ""): Promise<{ said: string[]; heard: string }> {
  const server = playServer(play);
  try {
    const url = `postgres://user:${PASSWORD}@127.0.0.1:${server.port}/db?sslmode=disable${parameters}`;
    const { measured, unmeasured } = await attempt(url);
    return { said: [measured ?? "a session", unmeasured ?? "a session"], heard: server.received() };
  } finally {
    await server.close();
  }
}

/** The client's nonce is what its first SASL message ends with. */
async function challenge(server: PlayedConnection, more: string): Promise<Uint8Array> {
  await server.say(OFFER);
  const nonce = /r=([^,]+)$/.exec(await server.hear())![1]!;
  return say.authentication(11, `r=${nonce}server,${more}`);
}

/** Servers that no password and no trust may be given to. */
const HOSTILE: readonly [what: string, play: Play, said: RegExp][] = [
  ["SASL cut short by ReadyForQuery", async (server) => {
    await server.hear();
    await server.say(OFFER);
    await server.hear();
    await server.say(say.ready());
    await server.hear();
  }, /not PostgreSQL's protocol/],
  ["SASL cut short by AuthenticationOk", async (server) => {
    await server.hear();
    await server.say(OFFER);
    await server.hear();
    await server.say(say.authentication(0), say.ready());
    await server.hear();
  }, /not PostgreSQL's protocol/],
  ["no proof of the server's after the client's", async (server) => {
    await server.hear();
    await server.say(await challenge(server, "s=c2FsdA==,i=4096"));
    await server.hear();
    await server.say(say.authentication(0), say.ready());
    await server.hear();
  }, /not PostgreSQL's protocol/],
  ["a false proof of the server's", async (server) => {
    await server.hear();
    await server.say(await challenge(server, "s=c2FsdA==,i=4096"));
    await server.hear();
    await server.say(say.authentication(12, "v=AAAA"), say.authentication(0), say.ready());
    await server.hear();
  }, /could not prove/],
  ["no login at all", async (server) => {
    await server.hear();
    await server.say(say.ready());
    await server.hear();
  }, /not PostgreSQL's protocol/],
  ["iterations that take hours", async (server) => {
    await server.hear();
    await server.say(await challenge(server, "s=c2FsdA==,i=2147483647"));
    await server.hear();
  }, /2147483647 SCRAM iterations: 1000000 are the most/],
  ["a second question for the password", async (server) => {
    await server.hear();
    await server.say(say.authentication(5, Uint8Array.of(1, 2, 3, 4)));
    await server.hear();
    await server.say(say.authentication(3));
    await server.hear();
  }, /not PostgreSQL's protocol/],
  ["a message of 2 GB before the login", async (server) => {
    await server.hear();
    const header = Uint8Array.of("R".charCodeAt(0), 0x7f, 0xff, 0xff, 0xff);
    await server.say(header);
    for (;;) await server.say(new Uint8Array(1 << 20));
  }, /not PostgreSQL's protocol/],
  ["a setting of 10 MB", async (server) => {
    await server.hear();
    await server.say(say.authentication(0), say.parameter("name", "x".repeat(10_000_000)));
    await server.hear();
  }, /not PostgreSQL's protocol/],
  ["settings without end", async (server) => {
    await server.hear();
    await server.say(say.authentication(0));
    for (;;) await server.say(say.parameter("name", "x".repeat(20_000)));
  }, /not PostgreSQL's protocol/],
  ["notices without end", async (server) => {
    await server.hear();
    await server.say(say.authentication(0));
    for (;;) await server.say(...Array.from({ length: 100 }, () => say.notice("x")));
  }, /not PostgreSQL's protocol/],
  ["a flood while the proof is calculated", async (server) => {
    await server.hear();
    await server.say(await challenge(server, "s=c2FsdA==,i=300000"));
    for (;;) await server.say(say.notice("x".repeat(1 << 20)));
  }, /not PostgreSQL's protocol|closed the connection|reset/],
  ["an error that does not end", async (server) => {
    await server.hear();
    await server.say(new MessageWriter().begin("E".charCodeAt(0)).text("Mno zero").end().bytes);
    await server.hear();
  }, /not PostgreSQL's protocol/],
  ["rows that nobody has asked for", async (server) => {
    await server.hear();
    await server.say(say.authentication(0), say.row(["1"]), say.ready());
    await server.hear();
  }, /not PostgreSQL's protocol/],
  ["a random kind of login", async (server) => {
    await server.hear();
    await server.say(say.authentication(99));
    await server.hear();
  }, /not known: number 99/],
];

Deno.test("a hostile server gets an error, and no password and no session", async (t) => {
  for (const [what, play, said] of HOSTILE) {
    await t.step(what, async () => {
      const { said: [measured, unmeasured], heard } = await against(play);
      assert.match(measured!, said);
      assert.match(unmeasured!, said);
      assert.ok(!heard.includes(PASSWORD));
    });
  }
});

/** A server that asks for a password as text, and one that asks for nothing. */
const cleartext: Play = async (server) => {
  await server.hear();
  await server.say(say.authentication(3));
  await server.hear();
  await server.say(say.error("no", "FATAL", "28P01"));
};
const md5: Play = async (server) => {
  await server.hear();
  await server.say(say.authentication(5, Uint8Array.of(1, 2, 3, 4)));
  await server.hear();
  await server.say(say.error("no", "FATAL", "28P01"));
};
const trust: Play = async (server) => {
  await server.hear();
  await server.say(say.authentication(0), say.key(), say.ready());
  await server.hear();
};

Deno.test("require_auth names how a session may begin, as in libpq", async () => {
  const refused = /require_auth does not allow/;
  for (
    const [play, requireAuth, said] of [
      [cleartext, "scram-sha-256", refused],
      [cleartext, "md5,scram-sha-256", refused],
      [cleartext, "!password", refused],
      [cleartext, "password", /PgError: no/],
      [cleartext, "!md5", /PgError: no/],
      [md5, "scram-sha-256", refused],
      [md5, "!md5,!none", refused],
      [md5, "md5", /PgError: no/],
      [trust, "scram-sha-256", refused],
      [trust, "!none", refused],
      [trust, "gss", refused],
    ] as const
  ) {
    const { said: heard, heard: sent } = await against(
      play,
      `&require_auth=${encodeURIComponent(requireAuth)}`,
    );
    for (const text of heard) assert.match(text, said, requireAuth);
    if (said === refused) assert.ok(!sent.includes(PASSWORD));
  }
  assert.equal((await against(trust, "&require_auth=none")).said[0], "a session");
});

Deno.test("what names no way to log in is a usage error", async () => {
  for (
    const parameter of ["require_auth=scram", "require_auth=md5,!none", "require_auth=md5,md5", "sslmode=ful"]
  ) {
    const { said } = await against(trust, `&${parameter}`);
    for (const text of said) {
      assert.match(text, /^UsageError: Cannot use the connection string of PostgreSQL/);
    }
  }
});

Deno.test("channel binding that is required is not given up for a server that does not offer it", async () => {
  for (const play of [cleartext, trust]) {
    const { said, heard } = await against(play, "&channel_binding=require");
    for (const text of said) assert.match(text, /channel binding is required/);
    assert.ok(!heard.includes(PASSWORD));
  }
});
