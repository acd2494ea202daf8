import assert from "node:assert/strict";
import { join } from "node:path";
import { MIN_FREE_BYTES } from "../../stack/places.ts";
import { refuseLittleSpace } from "./space.ts";

const here = import.meta.dirname!;
const needs = [
  { what: "the files", path: here, bytes: 1_000_000 },
  // The server's own folder may be closed to us, or not there yet.
  { what: "the database", path: join(here, "nowhere", "data"), bytes: 3_000_000 },
];

Deno.test("needs on one disk are added, and a disk that has just enough will do", () => {
  const needed = MIN_FREE_BYTES + 4_000_000;
  refuseLittleSpace(needs, () => needed);
  assert.throws(() => refuseLittleSpace(needs, () => needed - 1), {
    name: "ServiceError",
    exitCode: 3,
    message: /1,004,000,000 bytes are needed at .*, 1,003,999,999 bytes are free/,
    next: /977 KiB for the files, 2.86 MiB for the database/,
  });
});
