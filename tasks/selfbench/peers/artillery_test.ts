import assert from "node:assert/strict";
import { parseArtillery, parseArtilleryVersion } from "./artillery.ts";

const turn = { connections: 8, seconds: 3 };

/** As much of a report as is read. */
const report = (counters: Record<string, number>) => JSON.stringify({ aggregate: { counters } });

Deno.test("Artillery's rate is that of the answers that came while all its users were at it", () => {
  const counters = {
    "vusers.created_by_name.0": 8,
    "vusers.created": 8,
    "http.requests": 5529,
    "http.codes.200": 5529,
    "http.responses": 5529,
    "http.downloaded_bytes": 425733,
    "plugins.metrics-by-endpoint./graphql.codes.200": 5529,
    "benchbook.answers": 3654,
    "vusers.failed": 0,
    "vusers.completed": 8,
  };
  assert.deepEqual(parseArtillery(report(counters), turn), { rate: 1218 });
  assert.deepEqual(parseArtillery(report({ ...counters, "vusers.completed": 7 }), turn), {
    failure: "7 of 8 users came to their end",
  });
  assert.deepEqual(parseArtillery(report({ ...counters, "benchbook.answers": 0 }), turn), {
    failure: "it counted no answer",
  });
});

// Artillery itself ends with exit code 0 after each of these.
Deno.test("a user of Artillery's that failed is a failure", () => {
  const refused = {
    "vusers.created_by_name.0": 8,
    "vusers.created": 8,
    "errors.ECONNREFUSED": 8,
    "vusers.failed": 8,
  };
  assert.deepEqual(parseArtillery(report(refused), turn), {
    failure: "8 of 8 users failed (ECONNREFUSED)",
  });
});

Deno.test("an answer of another HTTP status than 2xx is a failure", () => {
  const unsupported = {
    "http.downloaded_bytes": 282030,
    "http.requests": 790,
    "http.codes.501": 790,
    "http.responses": 790,
    "vusers.failed": 0,
    "vusers.completed": 8,
    "vusers.created_by_name.0": 8,
    "vusers.created": 8,
    "benchbook.answers": 317,
  };
  assert.deepEqual(parseArtillery(report(unsupported), turn), {
    failure: "it had answers of HTTP status 501",
  });
});

Deno.test("a report of Artillery's that cannot be read is a failure", () => {
  for (const text of ["", "{}", "null"]) {
    assert.deepEqual(parseArtillery(text, turn), { failure: "its report has no counters" });
  }
});

Deno.test("Artillery tells its version below its name", () => {
  const output = "VERSION INFO:\n\nArtillery: 2.0.34\nNode.js:   v20.20.2\nOS:        linux\n";
  assert.equal(parseArtilleryVersion(output), "2.0.34");
  assert.equal(
    parseArtilleryVersion("›   Error: Run artillery help for a list of available commands."),
    null,
  );
});
