import { formatCount, significant } from "../model/units.ts";
import { isJoin, type MatchedNodes, matchPlans, type PlacedNode, type PlanMatch } from "./plan_match.ts";
import { type ExplainedPlan, nodeKind, nodeName, type PlanNode } from "./plan_tree.ts";

/** In what a node may differ from that of the other plan. */
export type DifferenceKind =
  | "node type"
  | "index"
  | "join order"
  | "condition"
  | "sort method"
  | "hash batches"
  | "workers"
  | "estimated rows"
  | "rows"
  | "loops"
  | "blocks"
  | "cost";

/** One way in which two nodes that belong together differ; both values as text. */
export interface NodeDifference {
  readonly kind: DifferenceKind;
  readonly before: string;
  readonly after: string;
  /** Whether the node counts as changed by it. */
  readonly decides: boolean;
}

/** Two nodes that belong together, or one that is in one plan alone. */
export interface NodePair extends MatchedNodes {
  readonly state: "same" | "changed" | "added" | "removed";
  readonly differences: readonly NodeDifference[];
}

/** How the plan of one statement differs from another's. */
export interface PlanDiff {
  readonly changed: boolean;
  /** All nodes: those of the first plan in its order, then those that only the second has. */
  readonly pairs: readonly NodePair[];
  /** What changed, the most telling first: `Seq Scan on orders → Index Scan using orders_customer_id on orders`. */
  readonly changes: readonly string[];
}

/**
 * A figure that differs by less is shown and does not make a plan another one: estimates follow the statistics, which
 * are samples, and blocks what lies on a page by chance.
 */
const FACTOR = 10;
/** What is smaller than this is taken for this much: 1 row instead of 20 is no other plan. */
const LEAST: Readonly<Partial<Record<DifferenceKind, number>>> = {
  "estimated rows": 10,
  "rows": 10,
  "loops": 10,
  "blocks": 100,
};

/**
 * Compares two plans, node by node. A node has changed where it does something else, or the same to another extent: by
 * another index, in another order, with other conditions, or with ten times the rows or blocks. A cost is never a change:
 * it follows from all of these. Comparing the other way round gives the same with the sides changed.
 */
export function diffPlans({ Plan: before }: ExplainedPlan, { Plan: after }: ExplainedPlan): PlanDiff {
  const match = matchPlans(before, after);
  const pairs = match.pairs.map((pair) => judged(pair, match));
  const told = [...pairs].sort((a, b) => weightOf(a) - weightOf(b)).flatMap(changesOf);
  return { changed: pairs.some(({ state }) => state !== "same"), pairs, changes: [...new Set(told)] };
}

/** Blocks that a node itself asked for, from the cache or not: what EXPLAIN counts includes all below it. Null: not counted. */
export function ownBlocks(node: PlanNode): number | null {
  const all = blocks(node);
  if (all === null) return null;
  return Math.max(0, (node["Plans"] ?? []).reduce((rest, child) => rest - (blocks(child) ?? 0), all));
}

/** Rows that a node gave in all its loops together; null: not counted. */
export function actualRows({ "Actual Rows": rows, "Actual Loops": loops = 1 }: PlanNode): number | null {
  return rows === undefined ? null : Math.round(rows * loops);
}

/** Rows that a node's filter discarded in all its loops together. */
export function removedRows(
  { "Rows Removed by Filter": rows = 0, "Actual Loops": loops = 1 }: PlanNode,
): number {
  return Math.round(rows * loops);
}

/** The conditions of a node by what they are for, and what it sorts or groups by, without the values in them. */
export function conditionsOf(node: PlanNode): readonly (readonly [name: string, text: string])[] {
  const fields = node as unknown as Readonly<Record<string, unknown>>;
  return CONDITIONS.flatMap((name): [string, string][] => {
    const value = fields[name];
    const text = Array.isArray(value) ? value.join(", ") : value;
    return typeof text === "string" ? [[name, withoutValues(text)]] : [];
  });
}

const CONDITIONS = [
  "Index Cond",
  "Recheck Cond",
  "Hash Cond",
  "Merge Cond",
  "Join Filter",
  "Filter",
  "One-Time Filter",
  "Order By",
  "Sort Key",
  "Presorted Key",
  "Group Key",
];

const TYPE = String
  .raw`(?:::"?[a-z_][\w.]*"?(?: varying| precision| with(?:out)? time zone)?(?:\(\d+(?:,\d+)?\))?(?:\[\])*)`;
const LITERAL = String.raw`E?'(?:[^']|'')*'`;
const NUMBER = String.raw`(?<![\w.$"])\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w."])`;
/** Texts, numbers and `$1`, each with its type; a name in quotes is passed over. */
const VALUE = new RegExp(String.raw`("(?:[^"]|"")*")|(?:${LITERAL}|\$\d+|\(\$\d+\)|${NUMBER})${TYPE}*`, "g");

const CAST = new RegExp(TYPE, "g");

/** A plan for any values has `$1` where one for its values has these: both are shown as `?`. */
function withoutValues(text: string): string {
  return text.replace(VALUE, (_, name?: string) => name ?? "?");
}

function judged(pair: MatchedNodes, match: PlanMatch): NodePair {
  const { before, after } = pair;
  if (before === null || after === null) {
    return { ...pair, state: before === null ? "added" : "removed", differences: [] };
  }
  const differences = differencesOf(before, after, match);
  return { ...pair, differences, state: differences.some(({ decides }) => decides) ? "changed" : "same" };
}

function differencesOf(before: PlacedNode, after: PlacedNode, match: PlanMatch): NodeDifference[] {
  const [one, other] = [before.node, after.node];
  const words = (kind: DifferenceKind, text: (node: PlanNode) => string, decides = true): NodeDifference[] =>
    text(one) === text(other) ? [] : [{ kind, before: text(one), after: text(other), decides }];
  const figures = (kind: DifferenceKind, value: (node: PlanNode) => number | null) => {
    const [left, right] = [value(one), value(other)];
    return left === null || right === null || left === right ? [] : [figure(kind, left, right)];
  };
  return [
    ...words("node type", nodeKind),
    ...words("index", (node) => node["Index Name"] ?? "none"),
    ...joinOrder(before, after, match),
    ...words("condition", (node) => conditionsOf(node).map((each) => each.join(": ")).join("; ") || "none")
      .map((difference) => ({ ...difference, decides: bare(difference.before) !== bare(difference.after) })),
    ...bothSort(one, other) ? words("sort method", sortMethod) : [],
    ...words("hash batches", (node) => (node["Hash Batches"] ?? 1) > 1 ? "several" : "one"),
    ...words("workers", (node) => formatCount(node["Workers Planned"] ?? 0)),
    ...figures("estimated rows", (node) => node["Plan Rows"] ?? null),
    ...figures("rows", actualRows),
    ...figures("loops", (node) => node["Actual Loops"] ?? null),
    ...figures("blocks", ownBlocks),
    ...figures("cost", (node) => node["Total Cost"] ?? null),
  ];
}

function figure(kind: DifferenceKind, before: number, after: number): NodeDifference {
  const least = LEAST[kind];
  const [small, great] = [before, after].map((value) => Math.max(value, least ?? 0)).sort((a, b) => a - b);
  const text = (value: number) => kind === "cost" ? significant(value, 4) : formatCount(value);
  return {
    kind,
    before: text(before),
    after: text(after),
    decides: least !== undefined && great! >= FACTOR * small!,
  };
}

/** Names may be qualified in one plan, and types written in one alone: neither is another condition. */
function bare(text: string): string {
  return text.replaceAll(CAST, "").replaceAll(/[()]|\w+\./g, "");
}

function bothSort(one: PlanNode, other: PlanNode): boolean {
  return one["Sort Method"] !== undefined && other["Sort Method"] !== undefined;
}

function sortMethod({ "Sort Method": method, "Sort Space Type": space }: PlanNode): string {
  return `${method}${space === undefined ? "" : space === "Disk" ? " on disk" : " in memory"}`;
}

/** Whether a join takes its sides the other way round, or joins something else. */
function joinOrder(before: PlacedNode, after: PlacedNode, { reads }: PlanMatch): NodeDifference[] {
  if (!isJoin(before.node) || !isJoin(after.node)) return [];
  const sides = ({ children }: PlacedNode) => children.slice(0, 2).map(reads).join(" / ");
  if (sides(before) === sides(after)) return [];
  const relations = ({ children }: PlacedNode) => children.slice(0, 2).map(relationsBelow).join(" ⋈ ");
  return [{ kind: "join order", before: relations(before), after: relations(after), decides: true }];
}

function relationsBelow(placed: PlacedNode): string {
  const below = (each: PlacedNode): string[] => {
    const { "Relation Name": relation, "Alias": alias } = each.node;
    return relation !== undefined ? [alias ?? relation] : each.children.flatMap(below);
  };
  const names = below(placed);
  return names.length === 0
    ? nodeName(placed.node)
    : names.length === 1
    ? names[0]!
    : `(${names.join(", ")})`;
}

function blocks(node: PlanNode): number | null {
  const { "Shared Hit Blocks": hit, "Shared Read Blocks": read } = node;
  return hit === undefined && read === undefined ? null : (hit ?? 0) + (read ?? 0);
}

function changesOf({ state, before, after, differences }: NodePair): string[] {
  if (state === "removed") return [`${nodeName(before!.node)} removed`];
  if (state === "added") return [`${nodeName(after!.node)} added`];
  const [one, other] = [nodeName(before!.node), nodeName(after!.node)];
  const named = one === other ? [] : [`${one} → ${other}`];
  const deciding = differences.filter(({ decides }) => decides);
  const order = deciding.filter(({ kind }) => kind === "join order");
  // What another way of reading or of joining brings with it goes without saying.
  const told = named.length > 0 || order.length > 0 ? order : deciding;
  return [...named, ...told.map((each) => `${other}: ${each.kind} ${each.before} → ${each.after}`)];
}

/** How a relation is read tells most, then how relations are joined; then what only works on that. */
function weightOf({ state, before, after, differences }: NodePair): number {
  if (state === "removed" || state === "added") return 3;
  const isNamed = differences.some(({ kind }) => kind === "node type" || kind === "index");
  if (!isNamed) return 2;
  return before!.node["Relation Name"] !== undefined || after!.node["Relation Name"] !== undefined ? 0 : 1;
}
