import type { SqlNode } from "../postgres/sql_parser.ts";
import type { Catalogue } from "./catalogue.ts";
import { joined, lastPart } from "./names.ts";
import { within, words } from "./nodes.ts";

/** Functions of PostgreSQL's own that give each row another value. */
const VOLATILE =
  /^(random\w*|clock_timestamp|timeofday|gen_random_(uuid|bytes)|uuidv[47]|uuid_generate_\w+|nextval|setval|currval|lastval|txid_current|pg_current_xact_id|pg_sleep\w*|gen_salt|setseed)$/;

/** Those that are in defaults often, and do not. */
const STEADY =
  /^(now|transaction_timestamp|statement_timestamp|current_\w+|localtime\w*|lower|upper|length|concat\w*|to_\w+|make_\w+|date_(trunc|part)|extract|timezone|json\w*|array_\w+|md5|sha\d+|left|right|round|abs|format|substr\w*|replace|trim|btrim|coalesce|session_user|int\d\w*|text|interval|cast)$/;

/** What an expression calls that gives each row another value; null: nothing. */
export function volatileCall(
  expression: unknown,
  known: Catalogue,
): { call: string; certain: boolean } | null {
  let doubtful: string | null = null;
  for (const node of within(expression, "FuncCall")) {
    const name = nameOf(node);
    const last = lastPart(name);
    const call = `${name}()`;
    const own = known.volatility(name.replace(/^pg_catalog\./, ""));
    const isOwn = own === undefined && (VOLATILE.test(last) || known.isVolatile(last));
    if (own === "volatile" || isOwn) return { call, certain: true };
    if (own === undefined && !known.isWhole && !STEADY.test(last)) doubtful ??= call;
  }
  return doubtful === null ? null : { call: doubtful, certain: false };
}

/** The name of a function that is called. */
export function nameOf(call: SqlNode): string {
  return joined(words(call["funcname"]));
}

/** Whether a name is that of one of PostgreSQL's own functions, as far as it can be told by itself. */
export function isBuiltIn(name: string): boolean {
  return VOLATILE.test(name) || STEADY.test(name) ||
    /^(pg_\w+|set_config|version|count|sum|avg|min|max|generate_series|unnest|has_\w+_privilege|set(seed|val)|\w*_agg|obj_description|col_description|query_to_xml\w*|string_to_array|regexp_\w+)$/
      .test(name);
}
