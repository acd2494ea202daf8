import { debianPostgres } from "../stack/testing_user_postgres.ts";
import { withWorkbench } from "./testing.ts";
import { tryExample } from "./testing_example_shop.ts";

const debian = debianPostgres();
Deno.test(`the example of the docs, against Debian's PostgreSQL${debian ? "" : ": it is not installed"}`, {
  ignore: debian === null,
}, async (t) => {
  await withWorkbench((bench) => tryExample(t, bench, debian!));
});
