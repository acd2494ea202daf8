import type { WriteRecord } from "./record.ts";
import type { Doubtful } from "./whose_rows.ts";

/** Keys named in a sentence. */
const SHOWN = 5;

/** What is left as somebody else's, for people: a sentence for each reason. */
export function othersText(doubtful: readonly Doubtful[], { runId, place }: WriteRecord): string[] {
  const say = (some: readonly Doubtful[], why: string) => {
    if (some.length === 0) return [];
    const named = some.slice(0, SHOWN).map(({ relation, column, key }) => `${relation} (${column} ${key})`);
    return [
      `What stands in ${named.join(", ")}${
        some.length > SHOWN ? ` and ${some.length - SHOWN} more` : ""
      } of ` +
      `the database "${place.database}" was left as somebody else's: ${why}`,
    ];
  };
  return [
    ...say(
      doubtful.filter(({ written }) => !written),
      `requests of the run ${runId} with these keys were given up, and would have written something else.`,
    ),
    ...say(
      doubtful.filter(({ written }) => written),
      `the run ${runId} wrote under these keys, and something else than it wrote is there.`,
    ),
  ];
}
