import assert from "node:assert/strict";
import fc from "fast-check";
import { EntryReader, HEADER_BYTES, isDamage, sealEntry } from "./cache_entry_header.ts";
import { keyHash } from "./key_hash.ts";

const head = fc.record({
  storedUs: fc.maxSafeNat(),
  loadUs: fc.nat(),
  ttlMs: fc.nat(),
  rows: fc.integer({ min: -1, max: 1_000_000 }),
  tag: fc.nat(),
  negative: fc.boolean(),
});
const answer = fc.string({ unit: "grapheme", maxLength: 300 });
const key = fc.string().map(keyHash);
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

Deno.test("an entry comes back with all that stands before it, compressed or not", () => {
  const reader = new EntryReader();
  fc.assert(fc.property(head, answer, key, fc.constantFrom(0, 1, 50), (wanted, text, hash, above) => {
    const sealed = sealEntry(wanted, text, hash, above);
    // As it lies in a buffer among others.
    const inbox = new Uint8Array(sealed.length + 7);
    inbox.set(sealed, 7);
    assert.equal(reader.read(inbox.subarray(7), hash), null);
    const { storedUs, loadUs, ttlMs, rows, tag, negative } = reader;
    assert.deepEqual({ storedUs, loadUs, ttlMs, rows, tag, negative }, { ...wanted });
    assert.equal(decoder.decode(reader.answer()), text);
  }));
});

Deno.test("what is long and alike gets shorter by compression, and what would not is kept as it is", () => {
  const alike = "x".repeat(10_000);
  const wanted = { storedUs: 0, loadUs: 0, ttlMs: 0, rows: 1, tag: 0, negative: false };
  assert.ok(sealEntry(wanted, alike, 1, 1000).length < 200);
  assert.equal(sealEntry(wanted, alike, 1, 10_000).length, HEADER_BYTES + 10_000);
  assert.equal(sealEntry(wanted, "xy", 1, 1).length, HEADER_BYTES + 2);
});

Deno.test("an entry with any bit changed, cut short, longer, or of another key is told from a whole one", () => {
  const reader = new EntryReader();
  const cases = fc.record({
    wanted: head,
    text: answer,
    hash: key,
    at: fc.nat(),
    bit: fc.nat(7),
    cut: fc.nat(),
  });
  fc.assert(fc.property(cases, ({ wanted, text, hash, at, bit, cut }) => {
    const sealed = sealEntry(wanted, text, hash, 0);
    const changed = Uint8Array.from(sealed);
    changed[at % sealed.length]! ^= 1 << bit;
    const longer = Uint8Array.from([...sealed, 0]);
    for (
      const bytes of [changed, longer, sealed.subarray(0, cut % sealed.length), new Uint8Array(cut % 100)]
    ) {
      const error = reader.read(bytes, hash);
      assert.ok(error !== null && isDamage(error.message), `${error}`);
    }
    assert.match(String(reader.read(sealed, hash + 1)), /CHANGED/);
  }));
});

Deno.test("keys that differ have hashes that differ, which a double holds exactly", () => {
  const hashes = new Set<number>();
  for (let id = 0; id < 30_000; id++) hashes.add(keyHash(`product-by-id:[${id}]`));
  assert.equal(hashes.size, 30_000);
  assert.ok([...hashes].every((hash) => Number.isSafeInteger(hash) && hash >= 0));
});
