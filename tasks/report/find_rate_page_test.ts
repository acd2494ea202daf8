import assert from "node:assert/strict";
import { join } from "node:path";
import { ratePageView, renderRatePage } from "./find_rate_page.ts";
import { findRateText } from "../terminal/find_rate_text.ts";
import { exampleSearch } from "./testing_find_rate.ts";

const templates = join(import.meta.dirname!, "..", "..", "templates");

Deno.test("the page of a search stays as it is for the same search", async (t) => {
  const made = ratePageView(exampleSearch());
  const contents = made.contents.map((entry) =>
    entry.id === "curve" ? { ...entry, view: { ...entry.view, curve: "<p>figure</p>" } } : entry
  );
  const view = { ...made, contents };
  const html = await renderRatePage(view, templates);
  await t.assertSnapshot(html.replace(/<style>[\s\S]*?<\/style>/, "<style></style>"));
});

Deno.test("no id of the page is given twice, and every link leads to something", async () => {
  const html = await renderRatePage(ratePageView(exampleSearch()), templates);
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!);
  assert.deepEqual(ids.filter((id, index) => ids.indexOf(id) !== index), []);
  for (const [, link] of html.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(link!), link);
});

Deno.test("the curve has the targets and the interval of each arm", () => {
  const { curve } = ratePageView(exampleSearch()).sections.curve!;
  assert.match(curve, /p95&lt;200ms/);
  assert.match(
    curve,
    /sql meets its targets up to a rate between 1,200 and 1,253 requests\/s; sql\+cache has no known limit/,
  );
});

Deno.test("where every probe was invalid a sentence stands for the curve", () => {
  const { arms: [arm] } = exampleSearch();
  const probes = arm!.probes.map((probe) => ({ ...probe, outcome: "invalid" as const }));
  const { curve } = ratePageView(exampleSearch({ arms: [{ ...arm!, probes }] })).sections.curve!;
  assert.match(curve, /^<p>There is no curve/);
});

Deno.test("the word of the page follows the worst arm", () => {
  const { arms: [arm] } = exampleSearch();
  const word = (changes: object) => ratePageView(exampleSearch({ arms: [{ ...arm!, ...changes }] })).word;
  assert.equal(word({}), "FOUND");
  assert.equal(word({ confirmed: false }), "NOT CONFIRMED");
  assert.equal(word({ interval: [1200, 4525] }), "WIDE RANGE");
  assert.equal(word({ interval: [null, 20] }), "FAIL");
  assert.equal(word({ interval: [null, null] }), "INVALID");
  const lacking = (asked: boolean) =>
    ratePageView(exampleSearch({
      arms: [arm!],
      unavailable: [{ arm: "graphql", reason: "Nothing answers there.", asked }],
    }));
  assert.deepEqual([lacking(true).word, lacking(true).tone], ["INCOMPLETE", "unsure"]);
  assert.equal(lacking(false).word, "FOUND");
});

Deno.test("the page has the doubts that the terminal tells", () => {
  const { arms: [arm] } = exampleSearch();
  const probes = arm!.probes.map((probe, at) =>
    at === 0 ? { ...probe, outcome: "invalid" as const, reason: "It was late." } : probe
  );
  const { sentences } = ratePageView(
    exampleSearch({ arms: [{ ...arm!, probes, interval: [1200, 4525] }] }),
  );
  assert.match(sentences[0]!, /is between 1,200 and 4,525 requests\/s \(/);
  assert.match(sentences.join("\n"), /sql: 1 of \d+ probes were invalid\. It was late\./);
  assert.match(
    sentences.join("\n"),
    /sql: the two rates are 277.1 % apart instead of 5 %, because repeated probes/,
  );
});

Deno.test("the command asks for the same search", () => {
  const { command } = ratePageView(exampleSearch()).sections.method!;
  assert.match(command, /^deno task bench access-paths --find-rate .*--rate 600 --duration 5s --warmup 1s/);
  assert.match(command, /--paths sql,sql\+cache,graphql .*--slo 'p95<200ms,errors<1%,hit>80%'$/);
});

Deno.test("text of the user's stays text", async () => {
  const search = { ...exampleSearch().search, label: "</style><script>alert(1)</script>" };
  assert.doesNotMatch(await renderRatePage(ratePageView(exampleSearch({ search })), templates), /<script/);
});

Deno.test("an arm exempt from the comparison is told, and arms of files are asked for again by them", () => {
  const { search, ...found } = exampleSearch();
  const described = { armFiles: [{ name: "kept", file: "my arms/kept.json" }], unproven: ["kept"] };
  const arms = [...found.arms, { ...found.arms[0]!, arm: "kept" }];
  const asked = { ...found, arms, search: { ...search, ...described } };
  const { method, command } = ratePageView(asked).sections.method!;
  assert.match(method.join("\n"), /with those of direct SQL, except those of kept \(--no-prove\)\.$/);
  assert.match(command, / --paths sql,sql\+cache\S* --arm 'kept=my arms\/kept\.json' --no-prove kept /);
  assert.match(findRateText(asked), /^• The results of kept were not compared/m);
});
