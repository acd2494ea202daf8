import { keptBy, strongestLock } from "../model/lock_modes.ts";
import type { Work } from "../model/statement_effects.ts";
import type { LintFinding } from "../model/lint.ts";
import { type Judged, ofSize } from "./judged.ts";
import { written } from "./names.ts";
import { fields } from "./nodes.ts";
import type { Relation } from "./relations.ts";
import type { RuleName } from "./rules.ts";
import { safeForm } from "./safe_forms.ts";
import { modeInSql, sizeSaid } from "../model/effects_text.ts";

/** Work that takes longer the more rows there are. */
const LONG: readonly Work["kind"][] = ["rewrite", "scan", "look-up", "index build", "refresh"];

/** The rule that is about a piece of work. */
function ruleOf({ kind, of, why }: Work): RuleName {
  if (kind === "rewrite") return "rewrite";
  if (kind === "refresh") return "refresh";
  if (kind === "look-up") return "add-foreign-key";
  if (why.startsWith("NOT NULL without a default")) return "not-null-without-default";
  if (of.startsWith("REINDEX")) return "reindex";
  if (of.startsWith("CREATE") && of.includes("INDEX")) return "create-index";
  if (of === "ALTER DOMAIN") return "domain";
  if (/ATTACH PARTITION|PARTITION OF/.test(of)) return "attach-partition";
  if (kind === "index build") return "add-key";
  return of.endsWith("SET NOT NULL") ? "set-not-null" : "add-check";
}

/** What others would do meanwhile. */
function kept(mode: string): string {
  return keptBy(mode).reads ? "nobody can read or write" : keptBy(mode).writes ? "nobody can write" : "";
}

/** Whether users would wait: a materialized view is written by nobody but those who refresh it. */
function keepsUsers(mode: string, relation: string, { known, effects }: Judged): boolean {
  const isKept = known.relation(relation).kind === "materialized view" || effects.kind.startsWith("REFRESH");
  return isKept ? keptBy(mode).reads : keptBy(mode).writes;
}

/** Long work under a lock of the statement's own that keeps readers or writers waiting. */
export function longWork(judged: Judged): LintFinding[] {
  const { effects: { locks, work }, known } = judged;
  const seen = new Set<string>();
  const long = work.filter(({ kind, relation }) => LONG.includes(kind) && !known.relation(relation).isNew);
  return alike(long).flatMap((all) => {
    const [each] = all as [Work];
    const own = locks.filter(({ relation, mode }) =>
      keepsUsers(mode, relation, judged) && all.some((one) => touches(one, relation))
    );
    const mode = strongestLock(own.map((lock) => lock.mode));
    const rule = ruleOf(each);
    if (mode === null || seen.has(`${rule} ${each.relation}`)) return [];
    for (const { relation } of all) seen.add(`${rule} ${relation}`);
    const { name } = wholeOf(all, judged);
    const names = [
      name,
      ...own.map(({ relation }) => relation).filter((other) =>
        other !== name && !all.some(({ relation }) => relation === other)
      ),
    ];
    const isDoubtful = each.unless !== null || rule === "not-null-without-default";
    const message = rule === "not-null-without-default"
      ? `It is refused where ${each.relation} has a row, and programs that do not know the column can add none.`
      : `While ${modeInSql(mode)} is held on ${names.join(" and ")}, ${kept(mode)}; and ${
        doing(all, judged)
      }.`;
    return [ofSize(judged, all.map(({ relation }) => relation), isDoubtful ? "warning" : "blocking", {
      rule,
      message,
      safe: safeForm(rule, judged, each),
    })];
  });
}

/** Work of one kind and for one reason, as on each partition of a table, together. */
function alike(work: readonly Work[]): Work[][] {
  return [
    ...Map.groupBy(
      work,
      ({ of, kind, why, unless, into, columns }) => JSON.stringify([of, kind, why, unless, into, columns]),
    ).values(),
  ];
}

/** What pieces of work that are alike are done to: one relation, or one with its partitions or children. */
function wholeOf(all: readonly Work[], { node, known }: Judged): Pick<Relation, "name" | "rows" | "bytes"> & {
  readonly said: string;
} {
  const [{ relation }] = all as [Work];
  if (all.length === 1) return { ...known.relation(relation), said: relation };
  const parts = all.map((each) => known.relation(each.relation));
  const top = known.relation(written(fields(node["relation"])));
  const sum = (sizes: readonly (number | null)[]) =>
    sizes.reduce((total, size) => total === null || size === null ? null : total + size, 0);
  const below = parts.filter(({ name }) => name !== top.name);
  const isDivided = top.kind === "partitioned table";
  return {
    name: top.name,
    said: `${top.name} with its ${below.length === 1 ? "" : `${below.length} `}${
      isDivided ? "partition" : below.length === 1 ? "child" : "children"
    }${isDivided && below.length > 1 ? "s" : ""}`,
    rows: sum(parts.map(({ rows }) => rows)),
    bytes: sum(parts.map(({ bytes }) => bytes)),
  };
}

/** A lock that lasts as long as the work does: on what is worked on, and on what a foreign key ties to it. */
function touches({ relation, into }: Work, locked: string): boolean {
  return locked === relation || locked === into;
}

/** Reasons that say no more than what is done. */
const SAID_ALREADY =
  /^(all rows are read and sorted|each row is looked up in|its rows are worked out anew|its query reads it)/;

function doing(all: readonly Work[], judged: Judged): string {
  const [work] = all as [Work];
  const { said, rows, bytes } = wholeOf(all, judged);
  const size = sizeSaid({ relation: work.relation, rows, bytes });
  const what: Readonly<Record<Work["kind"], string>> = {
    rewrite: `all of ${said}${size} is written anew`,
    scan: `all rows of ${said}${size} are read`,
    "look-up": `each row of ${said}${size} is looked up in ${work.into}`,
    "index build": `all rows of ${said}${size} are read and sorted`,
    refresh: `all rows of ${said}${size} are worked out anew`,
    "row changes": `${work.allRows === true ? "all rows" : "rows"} of ${said}${size} are changed`,
    read: `${said}${size} is read`,
    "wait for transactions": "older transactions are waited for",
    maintenance: `${said}${size} is looked after`,
  };
  const why = SAID_ALREADY.test(work.why) ? "" : `: ${work.why}`;
  return `${what[work.kind]}${why}${work.unless === null ? "" : `, unless ${work.unless}`}`;
}

/** Whether a statement may take long, in a transaction that keeps others waiting by then. */
export function workUnderLock(judged: Judged): LintFinding[] {
  const { transaction, effects: { work }, known } = judged;
  if (transaction === null || transaction.toldOfWork) return [];
  const held = [...transaction.held].filter(([relation, { mode }]) => keepsUsers(mode, relation, judged));
  const long = work.find((each) =>
    (LONG.includes(each.kind) || each.allRows !== false && /read|row changes/.test(each.kind)) &&
    !(known.relation(each.relation).isNew && known.relation(each.relation).rows === 0)
  );
  if (held.length === 0 || long === undefined) return [];
  transaction.toldOfWork = true;
  const [relation, { mode, line }] = held.find(([, lock]) => keptBy(lock.mode).reads) ?? held[0]!;
  return [ofSize(judged, work.map((each) => each.relation), long.allRows === null ? "warning" : "blocking", {
    rule: "work-under-lock",
    message: `${modeInSql(mode)} on ${relation}, taken in line ${line}, is held until the transaction ends: ${
      kept(mode)
    }; and ${doing([long], judged)}.`,
    safe: safeForm("work-under-lock", judged, long),
  })];
}

/** All rows at once. */
export function allRows(judged: Judged): LintFinding[] {
  const { effects: { work }, known } = judged;
  const changed = work.find(({ kind, allRows, relation }) =>
    kind === "row changes" && allRows === true && !known.relation(relation).isNew
  );
  if (changed === undefined) return [];
  return [ofSize(judged, [changed.relation], "blocking", {
    rule: "all-rows",
    message: `${doing([changed], judged)[0]!.toUpperCase()}${
      doing([changed], judged).slice(1)
    }. Each row stays locked until the transaction ends: whoever writes to one waits. All are written to the log at once, and leave as many dead rows.`,
    safe: safeForm("all-rows", judged, changed),
  })];
}
