import { debianPostgres, NO_DEBIAN_POSTGRES } from "../stack/testing_debian_postgres.ts";
import { withWorkbench } from "./testing.ts";
import { tryExample } from "./testing_example_shop.ts";

Deno.test(
  "the example of the docs, against Debian's PostgreSQL",
  { ignore: NO_DEBIAN_POSTGRES },
  async (t) => {
    const programs = await debianPostgres();
    await withWorkbench((bench) => tryExample(t, bench, programs));
  },
);
