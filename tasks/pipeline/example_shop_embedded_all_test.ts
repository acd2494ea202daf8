import { withWorkbench } from "./testing.ts";
import { tryExample } from "./testing_example_shop.ts";

Deno.test("the example of the docs, against the embedded PostgreSQL's programs", async (t) => {
  await withWorkbench((bench) => tryExample(t, bench));
});
