import assert from "node:assert/strict";
import { join } from "node:path";
import { againStory } from "./scenarios.ts";
import { slotsOf } from "./seen.ts";
import type { Ended, Story } from "./story.ts";

const BRIEF = "--duration 1500ms --warmup 0 --paths sql --slo 'errors<1%'";

/** "The same run again" in a report is typed, and makes the same run. */
export const AGAIN: readonly Story[] = [
  {
    promise: "over tables of one's own, as it stands in the page of the report",
    typed:
      "deno task bench docs/examples/shop.ts --duration 1500ms --warmup 300ms --slo 'errors<1%' --seed 3 --no-pdf",
    ends: "pass",
    async judge(first, place) {
      const page = Deno.readTextFileSync(join(place.bench.reports, first.summary.run.runId, "index.html"));
      const [, html] = /<h3>The same run again<\/h3>\s*<pre[^>]*><code>(.*?)<\/code>/s.exec(page)!;
      const command = unescaped(html!.replaceAll(/<[^>]*>/g, ""));
      // Its tables are as they are: it has no scale.
      assert.doesNotMatch(command, /--scale/);
      const again: Ended = await place.type(`${command} --no-report`);
      assert.deepEqual(again.summary.run.config, first.summary.run.config, command);
      assert.deepEqual(await slotsOf(again), await slotsOf(first), command);
    },
  },
  againStory(
    `access-paths ${BRIEF} --scale tiny --seed 6 --orders 300 --distribution lines.productSkew=0.3 --workers 2`,
  ),
  againStory(`saas-events ${BRIEF} --scale tiny --rate 500 --set read_share=80`),
  againStory(`saas-events ${BRIEF} --scale tiny --set preset=low --set hit_target=0`),
  againStory(`checkout ${BRIEF} --scale tiny --rate 20`),
  againStory(`spike ${BRIEF} --scale tiny`),
];

function unescaped(html: string): string {
  return html.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll(
    "&#x27;",
    "'",
  )
    .replaceAll("&#x3D;", "=").replaceAll("&amp;", "&");
}
