import assert from "node:assert/strict";
import fc from "fast-check";
import { isParsedAsWritten } from "../testing/json_keys.ts";
import { decode, encode, request } from "./messages.ts";

Deno.test("a message survives encoding, also behind routing identities", () => {
  const contents = fc.dictionary(fc.string(), fc.jsonValue()).filter((content) =>
    isParsedAsWritten(JSON.stringify(content))
  );
  fc.assert(fc.property(contents, fc.string(), (dictionary, key) => {
    const content = JSON.parse(JSON.stringify(dictionary));
    const message = request("execute_request", "session", content);
    const parts = [Uint8Array.of(1, 2), ...encode(message, key)];
    assert.deepEqual(decode(parts, key), message);
  }));
});

Deno.test("a message signed with another key or altered on the way is not trusted", () => {
  const parts = encode(request("execute_request", "s", { code: "1" }), "key");
  assert.throws(() => decode(parts, "other"), /signature must match/);
  const altered = [...parts.slice(0, 5), new TextEncoder().encode('{"code":"2"}')];
  assert.throws(() => decode(altered, "key"), /signature must match/);
  assert.throws(() => decode(parts.slice(0, 4), "key"), /four parts/);
});

Deno.test("the signature is HMAC-SHA256 over the four parts", async () => {
  const parts = encode(request("kernel_info_request", "s", {}), "key");
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode("key"), algorithm, false, ["sign"]);
  const joined = new Uint8Array(await new Blob(parts.slice(2) as BlobPart[]).arrayBuffer());
  const expected = new Uint8Array(await crypto.subtle.sign("HMAC", key, joined)).toHex();
  assert.equal(new TextDecoder().decode(parts[1]), expected);
});
