import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { brokenLinks } from "../report/publish/testing_links.ts";
import { FOR_P95, SHORT } from "./short.ts";
import type { Story } from "./story.ts";

/** A command that is typed as the pages show it. */
function asShown(command: string): Pick<Story, "shown" | "typed"> {
  return { shown: command, typed: command };
}

/** The commands that README and docs show in blocks, in the order in which a reader meets them. */
export const SHOWN: readonly Story[] = [
  {
    promise: "the one command of the README measures, and writes HTML and PDF",
    shown: "npx -y deno task bench",
    typed: `npx -y deno task bench ${FOR_P95}`,
    ends: "judged",
    judge({ summary, stdout }) {
      assert.equal(summary.run.scenario, "access-paths");
      assert.match(stdout, /^(PASS|FAIL|INCONCLUSIVE|INVALID): /m);
      const files = [...stdout.matchAll(/^(Report|PDF|Store) +(.+)$/gm)].map(([, , path]) => path!);
      assert.equal(files.length, 3);
      for (const file of files) assert.ok(Deno.statSync(file).size > 1000, file);
    },
  },
  {
    promise: "bench smoke runs every question over every path",
    shown: "npx -y deno task bench smoke",
    typed: `npx -y deno task bench smoke ${SHORT} --no-pdf`,
    ends: "pass",
    judge({ summary: { operations, run } }) {
      assert.equal(
        operations.length,
        run.config.arms.length * (1 + run.config.streams![0]!.operations.length),
      );
      assert.equal(run.config.arms.length, 3);
    },
  },
  {
    promise: "runs lists what was measured",
    ...asShown("npx -y deno task runs"),
    ends: 0,
    judge: ({ stdout }) =>
      // On a busy machine it may rightly have found itself INVALID.
      assert.match(stdout, /^\d{8}-\d{6}-[0-9a-f]{4} .* smoke +northwind tiny .* (pass|invalid) *$/m),
  },
  {
    promise: "report renders the newest run again, and leaves the PDF out",
    ...asShown("npx -y deno task report latest --no-pdf"),
    ends: 0,
    judge({ stdout }) {
      const [, html] = /(\/\S+index\.html)/.exec(stdout)!;
      assert.ok(Date.now() - Deno.statSync(html!).mtime!.getTime() < 60_000, html);
      assert.ok(!existsSync(join(html!, "../report.pdf")));
    },
  },
  {
    promise: "publish makes a site of all stored runs, in which every link leads somewhere",
    typed: 'deno task publish "$MINE/site" --title Ours --url https://lab.example/runs',
    ends: 0,
    judge({ stdout }, { mine }) {
      const site = join(mine, "site");
      assert.ok(stdout.includes(`Site    ${join(site, "index.html")}`), stdout);
      assert.match(
        Deno.readTextFileSync(join(site, "feed.xml")),
        /<link>https:\/\/lab\.example\/runs\/index\.html</,
      );
      assert.deepEqual(brokenLinks(site), []);
    },
  },
  {
    promise: "notebook runs every notebook on the newest run",
    ...asShown("npx -y deno task notebook --run latest"),
    ends: 0,
    judge({ said }, { root }) {
      for (const { name } of Deno.readDirSync(join(root, "notebooks"))) {
        if (name.endsWith(".ipynb")) assert.ok(said.includes(name), `${name} did not run:\n${said}`);
      }
    },
  },
  {
    promise: "seed loads a data set, and verifies it",
    ...asShown("npx -y deno task seed --scale tiny --verify"),
    ends: 0,
    judge: ({ said }) => {
      const [, holding, all] = /Verify northwind tiny: (\d+) of (\d+) checks hold/.exec(said)!;
      assert.equal(holding, all);
    },
  },
  {
    promise: "seed loads the other data set, with as many rows as are asked for",
    ...asShown("npx -y deno task seed --dataset events --scale tiny --organizations 5 --users 20"),
    ends: 0,
    judge: ({ said }) => assert.match(said, /Seed events tiny/),
  },
  {
    promise: "bench takes paths, a closed loop and a label",
    shown:
      "npx -y deno task bench --scale tiny --paths sql,graphql --concurrency 4 --duration 10s --label try",
    typed:
      "npx -y deno task bench --scale tiny --paths sql,graphql --concurrency 4 --duration 10s --label try " +
      "--duration 4s --warmup 300ms --no-pdf",
    ends: "judged",
    judge({ summary: { run }, stdout }) {
      assert.deepEqual([run.config.loop, run.config.concurrency, run.label], ["closed", 4, "try"]);
      assert.deepEqual(run.config.arms, ["sql", "graphql"]);
      assert.match(stdout, /closed loop of 4 clients/);
    },
  },
  {
    promise: "clean --writes takes back what runs have left, or says that it is nothing",
    ...asShown("npx -y deno task clean --writes"),
    ends: 0,
    judge: ({ stdout }) => assert.match(stdout, /^No run has left anything in a database\.$/m),
  },
  {
    promise: "the example of one's own tables is measured",
    shown: "npx -y deno task bench docs/examples/shop.ts",
    typed: "npx -y deno task bench docs/examples/shop.ts --duration 4s --warmup 300ms --no-pdf",
    ends: "judged",
    judge: ({ summary }) => assert.equal(summary.run.scenario, "shop-example"),
  },
  {
    promise: "up shows the example's tables, and what GraphQL calls them",
    ...asShown("npx -y deno task up docs/examples/shop.ts"),
    ends: 0,
    keepsServices: true,
    async judge({ stdout }) {
      assert.match(stdout, /^Query fields: .*\bproducts\b/m);
      await assertPage(stdout);
    },
  },
  {
    promise: "down stops it",
    ...asShown("npx -y deno task down"),
    ends: 0,
    judge: ({ stdout }) => assert.match(stdout, /^Stopped .*postgres/m),
  },
  {
    promise: "doctor looks at everything, and calibrates the generator",
    ...asShown("npx -y deno task doctor"),
    ends: 0,
    judge: ({ stdout }) => assert.match(stdout, /Calibrate the load generator/),
  },
  {
    promise: "up starts the stack for exploring, and prints where it is",
    shown: "npx -y deno task up",
    typed: "npx -y deno task up --scale tiny",
    ends: 0,
    keepsServices: true,
    async judge({ stdout }, { bench: { home } }) {
      await assertPage(stdout);
      const [, url] = /^DATABASE_URL='(.+)'$/m.exec(Deno.readTextFileSync(join(home, "services.env")))!;
      const client = new Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query("SELECT count(*)::int AS n FROM northwind.orders");
      await client.end();
      assert.equal(rows[0].n, 2700);
      assert.doesNotMatch(stdout, new RegExp(new URL(url!).password));
    },
  },
  {
    promise: "logs shows what PostgreSQL has logged",
    ...asShown("npx -y deno task logs postgres"),
    ends: 0,
    judge: ({ stdout }) => assert.match(stdout, /database system is ready to accept connections/),
  },
  {
    promise: "down stops the stack",
    typed: "deno task down",
    ends: 0,
    judge: ({ stdout }, { bench: { home } }) => {
      assert.match(stdout, /^Stopped postgres, redis, graphql\.$/m);
      assert.ok(!existsSync(join(home, "services.env")));
    },
  },
];

/** GraphiQL answers at the address that is printed. */
async function assertPage(stdout: string): Promise<void> {
  const [, address] = /^GraphiQL\s+(http\S+)/m.exec(stdout)!;
  const page = await fetch(address!, { headers: { accept: "text/html" } });
  assert.match(await page.text(), /<html/i);
}

/** The story of a command that the pages show. */
export function shown(command: string): Story {
  const story = SHOWN.find((story) => story.shown === `npx -y deno task ${command}`);
  if (story === undefined) throw new Error(`No story shows ${command}`);
  return story;
}
