import assert from "node:assert/strict";
import { UsageError } from "../model/errors.ts";
import { withWritten } from "./testing.ts";
import { undoing } from "./undoing.ts";

Deno.test("a function of the data set that somebody replaced is refused before anything is written", async () => {
  await withWritten(async ({ query, writing }) => {
    assert.deepEqual((await undoing(await writing(), () => Promise.resolve())).left, []);
    const [{ definition }] = await query(
      "SELECT pg_get_functiondef('northwind.place_order'::regproc) AS definition",
    ) as [{ definition: string }];
    const refused = async () =>
      assert.rejects(
        undoing(await writing(), () => assert.fail("it went on")),
        (error) =>
          error instanceof UsageError &&
          /northwind\.place_order is not as Benchbook made it/.test(error.message) &&
          /seed --dataset northwind --replace/.test(error.next!),
      );
    await query(definition.replace("\nBEGIN\n", "\nBEGIN\n  PERFORM 1;\n"));
    await refused();
    await query(definition);
    await undoing(await writing(), () => Promise.resolve());
    await query("ALTER FUNCTION northwind.place_order SECURITY DEFINER");
    await refused();
  });
});
