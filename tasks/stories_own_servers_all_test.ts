import { withUserLand } from "./pipeline/testing_user_land.ts";
import { createDatabase } from "./stack/databases.ts";
import { ownServers } from "./stories/own_servers.ts";
import { tellOn } from "./stories/tell.ts";

Deno.test({
  name: "servers of one's own: what is measured, replaced and removed there",
  ignore: Deno.build.os !== "linux",
  fn: (t) =>
    withUserLand(async (land) => {
      const secrets = new Set<string | null>();
      const graphql = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
        secrets.add(request.headers.get("x-hasura-admin-secret"));
        return Response.json({ errors: [{ message: "no such field" }] });
      });
      const env = { DATABASE_URL: land.env.DATABASE_URL!, REDIS_URL: land.env.REDIS_URL! };
      const url = `http://127.0.0.1:${graphql.addr.port}/v1/graphql`;
      try {
        const emptyUrl = await createDatabase(land.postgres.url, "bare");
        await tellOn(t, land.bench, ownServers({ env, emptyUrl, graphql: { url, secrets } }), land);
      } finally {
        await graphql.shutdown();
      }
    }),
});
