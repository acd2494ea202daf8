/** What stands against a move, and what would do. */
export type MoveObstacle = readonly [problem: string, next: string];

/** What of the source cannot go, and whether only replication minds. */
const CONTENT: Readonly<
  Record<string, { readonly only: boolean; readonly text: string; readonly next: string }>
> = {
  unlogged: {
    only: true,
    text: "unlogged, and so not in the log",
    next: "ALTER TABLE … SET LOGGED, which writes the table anew.",
  },
  "no key": {
    only: true,
    text: "without a primary key, by which rows are found again",
    next: "Give them one: a unique index CONCURRENTLY, then ADD PRIMARY KEY USING INDEX.",
  },
  identity: {
    only: true,
    text: "with a replica identity that is not the primary key",
    next: "ALTER TABLE … REPLICA IDENTITY DEFAULT.",
  },
  owner: {
    only: true,
    text: "of another owner, and only an owner publishes and fences a table",
    next: "Use the owner's URL, or one of a role that is a member of it.",
  },
  "large objects": {
    only: false,
    text: "that may name large objects, which are not replicated",
    next: "Move them by pg_dump, or store them as bytea.",
  },
  "row security": {
    only: false,
    text: "with row-level security, whose policies are not carried",
    next: "Move such tables by pg_dump and a subscription of your own.",
  },
  inheritance: {
    only: false,
    text: "that inherit without being partitions",
    next: "Make them partitions (ATTACH PARTITION).",
  },
  "foreign table": { only: false, text: "whose rows are elsewhere", next: "Leave their schema out." },
  elsewhere: {
    only: false,
    text: "partitions in another schema than their table",
    next: "Move both schemas.",
  },
  reference: {
    only: false,
    text: "foreign keys between what moves and what does not",
    next: "Move both schemas.",
  },
  trigger: {
    only: true,
    text: "triggers that fire for replicated rows too, and would act twice",
    next: "ALTER TABLE … ENABLE TRIGGER …, without ALWAYS or REPLICA, for the time of the move.",
  },
  rule: { only: false, text: "rules, which are not carried", next: "Make them triggers." },
  kind: {
    only: false,
    text: "of a kind that is not carried",
    next: "Leave their schema out, or make them on the target by pg_dump and a subscription of your own.",
  },
};

/**
 * What of that stands against a move.
 * @param replicated whether rows go by replication, and are not only copied
 */
export function contentRefusals(
  things: readonly { readonly problem: string; readonly name: string }[],
  replicated: boolean,
): MoveObstacle[] {
  return Object.entries(CONTENT).flatMap(([problem, { only, text, next }]): MoveObstacle[] => {
    const names = things.filter((thing) => thing.problem === problem).map(({ name }) => name);
    return names.length === 0 || only && !replicated ? [] : [[`${text}: ${listed(names)}`, next]];
  });
}

const SHOWN = 5;

/** Names for a sentence, the first of them. */
export function listed(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return `${names.slice(0, SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
