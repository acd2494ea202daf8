import type { Work } from "../model/statement_effects.ts";
import type { Judged } from "./judged.ts";
import { lastPart, listed, quoted, written } from "./names.ts";
import { fields, nodes, word } from "./nodes.ts";
import { beside, freeName, relationTaken } from "./object_names.ts";
import type { Relation } from "./relations.ts";
import { aloneFirst } from "./safe_keys.ts";
import { StatementText } from "./statement_text.ts";

/** An index that is built beside those who write. */
export function createdIndex(judged: Judged): string {
  const text = new StatementText(judged.tokens());
  const table = judged.known.relation(written(fields(judged.node["relation"])));
  if (table.kind === "partitioned table") return ofPartitions(judged, table, text);
  const at = text.find("INDEX") + 1;
  return [...aloneFirst(judged), `${text.slice(0, at)} CONCURRENTLY ${text.slice(at)};`].join("\n");
}

/** No more partitions are gone through: for the others the same is to be done. */
const MOST_PARTS = 12;

/** PostgreSQL builds none of a whole that is divided beside others, but of each part. */
function ofPartitions(judged: Judged, table: Relation, text: StatementText): string {
  const { node, known } = judged;
  const on = text.find("ON");
  const from = text.is(on + 1, "ONLY") ? on + 2 : on + 1;
  const tail = text.slice(text.nameEnd(from));
  const kind = node["unique"] === true ? "UNIQUE INDEX" : "INDEX";
  const columns = indexNames(judged).join("_");
  const made = new Set<string>();
  const nameFor = (part: Relation) => {
    const isThere = relationTaken(part, known);
    const name = freeName(part, columns, "idx", (each) => isThere(each) || made.has(each));
    made.add(name);
    return name;
  };
  const name = word(node["idxname"]) || nameFor(table);
  const lines = [`CREATE ${kind} ${quoted(name)} ON ONLY ${text.slice(from, text.nameEnd(from))} ${tail};`];
  let parts = 0;
  const below = (whole: Relation, index: string): void => {
    for (const part of known.partsOf(whole.name)) {
      const own = nameFor(part);
      const isDivided = part.kind === "partitioned table";
      if (++parts > MOST_PARTS) continue;
      lines.push(
        isDivided
          ? `CREATE ${kind} ${quoted(own)} ON ONLY ${part.name} ${tail};`
          : `CREATE ${kind} CONCURRENTLY ${quoted(own)} ON ${part.name} ${tail};`,
      );
      if (isDivided) below(part, own);
      lines.push(`ALTER INDEX ${beside(whole, index)} ATTACH PARTITION ${beside(part, own)};`);
    }
  };
  below(table, name);
  if (parts > MOST_PARTS) lines.push(`-- … and the same for the other ${parts - MOST_PARTS} partitions`);
  return [...aloneFirst(judged), ...lines].join("\n");
}

/** What names of indexes are made of: columns, and what an expression calls. */
function indexNames({ node }: Judged): string[] {
  return [...nodes(node["indexParams"]), ...nodes(node["indexIncludingParams"])].map(({ IndexElem }) => {
    const { name, expr } = fields(IndexElem);
    const call = nodes(fields(fields(expr)["FuncCall"])["funcname"]).at(-1);
    return word(name) || word(fields(call?.["String"])["sval"]) || "expr";
  });
}

/** An index that is dropped beside those who use its table; or why there is no such way. */
export function droppedIndexes(judged: Judged): string {
  const { node, known } = judged;
  if (node["behavior"] === "DROP_CASCADE") {
    return "DROP INDEX CONCURRENTLY takes no CASCADE: first drop what depends on the index, then the index CONCURRENTLY.";
  }
  const names = nodes(node["objects"]).map(listed);
  const ofWhole = names.find((name) => {
    const of = known.find(name)?.index?.table;
    return of !== undefined && known.find(of)?.kind === "partitioned table";
  });
  if (ofWhole !== undefined) {
    return `An index of a partitioned table, as ${ofWhole} is, cannot be dropped beside those who use it: set lock_timeout, and try again where it gives up.`;
  }
  const exists = node["missing_ok"] === true ? "IF EXISTS " : "";
  return [...aloneFirst(judged), ...names.map((name) => `DROP INDEX CONCURRENTLY ${exists}${name};`)].join(
    "\n",
  );
}

/** An index that is built anew beside those who write. */
export function reindexed(judged: Judged, work: Work | null): string {
  const excluded = judged.known.relation(work!.relation).constraints.find(({ kind }) => kind === "exclusion");
  if (excluded !== undefined) {
    return `The index of ${
      quoted(excluded.name)
    }, an exclusion constraint, cannot be built anew beside those who write; each other one can, by REINDEX INDEX CONCURRENTLY.`;
  }
  const text = new StatementText(judged.tokens());
  const at = Math.max(text.find("TABLE"), text.find("INDEX")) + 1;
  return [...aloneFirst(judged), `${text.slice(0, at)} CONCURRENTLY ${text.slice(at)};`].join("\n");
}

/** A materialized view that is worked out anew beside those who read it. */
export function refreshed({ known, node, tokens }: Judged): string {
  const text = new StatementText(tokens());
  const view = known.relation(written(fields(node["relation"])));
  const isUnique = known.indexesOf(view.name).some(({ index }) => index?.unique);
  const at = text.find("VIEW") + 1;
  return [
    ...isUnique ? [] : [
      `CREATE UNIQUE INDEX ON ${view.name} (…); -- of columns that tell its rows apart: CONCURRENTLY needs it`,
    ],
    `${text.slice(0, at)} CONCURRENTLY ${text.slice(at)};`,
  ].join("\n");
}

/** A partition's index like one of the whole. */
export function indexLike(whole: Relation, part: Relation): string {
  const { columns, unique } = whole.index!;
  return `CREATE ${unique ? "UNIQUE " : ""}INDEX CONCURRENTLY ON ${part.name} (${
    columns.join(", ")
  }); -- like ${lastPart(whole.name)}`;
}
