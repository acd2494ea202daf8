import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac, pbkdf2Sync } from "node:crypto";
import { md5Password, Scram } from "./auth.ts";

/** Salt and iterations of the example in RFC 7677. */
const SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";
const CHALLENGE = `r=ownserver,s=${SALT},i=4096`;

/** What a server says last that keeps this password. */
function proofOf(password: string, exchanged: string): string {
  const salted = pbkdf2Sync(password, Buffer.from(SALT, "base64"), 4096, 32, "sha256");
  const key = createHmac("sha256", salted).update("Server Key").digest();
  return `v=${createHmac("sha256", key).update(exchanged).digest("base64")}`;
}

Deno.test("an md5 answer hides password, user and salt in one hash", () => {
  // md5(md5("secret" + "bench") + salt), by md5sum.
  assert.equal(
    md5Password("bench", "secret", Uint8Array.of(1, 2, 3, 4)),
    "md58d824187b66621214caa97994f319ba8",
  );
});

Deno.test("a server that knows the password is believed, another is not", async () => {
  const scram = new Scram("pencil", undefined, "own");
  assert.equal(scram.first, "n,,n=,r=own");
  const last = await scram.last(CHALLENGE);
  assert.match(last, /^c=biws,r=ownserver,p=[\w+/]{43}=$/);
  const exchanged = `n=,r=own,${CHALLENGE},c=biws,r=ownserver`;
  assert.throws(() => scram.verify(proofOf("pen", exchanged)), /could not prove/);
  assert.throws(() => scram.verify("e=other-error"), /could not prove/);
  assert.equal(scram.verified, false);
  scram.verify(proofOf("pencil", exchanged));
  assert.equal(scram.verified, true);
});

Deno.test("a challenge for another client, or without salt or iterations, is refused", async () => {
  for (
    const challenge of [`r=else,s=${SALT},i=4096`, `r=own,s=${SALT},i=4096`, "r=ownserver,s=AAAA", "x", ""]
  ) {
    await assert.rejects(new Scram("pencil", undefined, "own").last(challenge), /not valid/, challenge);
  }
});
