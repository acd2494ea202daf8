import type { PlanNode } from "./plan_tree.ts";

/** A node where it stands in its plan. */
export interface PlacedNode {
  readonly node: PlanNode;
  /** 0 at the root. */
  readonly depth: number;
  readonly children: readonly PlacedNode[];
  /** The relation that it, or the nearest node above it, reads. */
  readonly relation: string;
}

/** A node of each plan that do the same work; or one of one plan that the other has nothing for. */
export interface MatchedNodes {
  readonly before: PlacedNode | null;
  readonly after: PlacedNode | null;
}

/** How two plans correspond. */
export interface PlanMatch {
  /** Those of the first plan in its order, then those that only the second has. */
  readonly pairs: readonly MatchedNodes[];
  /** What a node of either plan reads that both plans read, in no order: equal where nodes read the same. */
  readonly reads: (placed: PlacedNode) => string;
}

/**
 * Finds for the nodes of one plan those of another. What reads the same relation by the same alias, index or name
 * belongs together wherever it stands; every other node is known by what is read below it. Nodes that have the same
 * below them stand above one another: they are aligned in that order, by what they do. Joins that are left then, since
 * relations are joined in another order, belong together as they come. Which of the plans is called the first makes no
 * difference.
 */
export function matchPlans(before: PlanNode, after: PlanNode): PlanMatch {
  const [first, second] = [place(before), place(after)];
  const partners = new Map<PlacedNode, PlacedNode>();
  const pair = (left: PlacedNode, right: PlacedNode) => partners.set(left, right).set(right, left);
  const lone = (nodes: readonly PlacedNode[]) => nodes.filter((placed) => !partners.has(placed));
  for (const key of [strictKey, looseKey]) {
    for (const [left, right] of bothOf(lone(first), lone(second), key)) {
      left.slice(0, right.length).forEach((placed, index) => pair(placed, right[index]!));
    }
  }
  const reads = readsOf([first, second], partners);
  const inner = (nodes: readonly PlacedNode[]) => lone(nodes).filter((placed) => strictKey(placed) === null);
  const readKey = (placed: PlacedNode) => reads(placed) || null;
  for (const [left, right] of bothOf(inner(first), inner(second), readKey)) {
    for (const [one, other] of aligned(left, right)) pair(one, other);
  }
  const joins = (nodes: readonly PlacedNode[]) => inner(nodes).filter(({ node }) => isJoin(node));
  const others = joins(second);
  joins(first).slice(0, others.length).forEach((placed, index) => pair(placed, others[index]!));
  return {
    pairs: [
      ...first.map((placed) => ({ before: placed, after: partners.get(placed) ?? null })),
      ...lone(second).map((placed) => ({ before: null, after: placed })),
    ],
    reads,
  };
}

export function isJoin(node: PlanNode): boolean {
  return roleOf(node) === "join";
}

/** All nodes of a plan, each before what is below it. */
function place(root: PlanNode): PlacedNode[] {
  const all: PlacedNode[] = [];
  const visit = (node: PlanNode, depth: number, above: string): PlacedNode => {
    const children: PlacedNode[] = [];
    const relation = node["Relation Name"] ?? above;
    const placed = { node, depth, children, relation };
    all.push(placed);
    for (const child of node["Plans"] ?? []) children.push(visit(child, depth + 1, relation));
    return placed;
  };
  visit(root, 0, "");
  return all;
}

/** By what a node that reads something is known; null for those that only work on what others read. */
function strictKey({ node, relation }: PlacedNode): string | null {
  const { "Index Name": index, "Alias": alias = "" } = node;
  const key = looseKey({ node, relation });
  if (key === null) return null;
  return JSON.stringify([key, alias, node["Relation Name"] === undefined ? index : null]);
}

/** As `strictKey`, for a relation by another alias, and for another index of its. */
function looseKey({ node, relation }: Pick<PlacedNode, "node" | "relation">): string | null {
  const { "Node Type": type, "Relation Name": own, "Index Name": index } = node;
  if (type === "ModifyTable") return JSON.stringify(["changes", own]);
  if (own !== undefined) return JSON.stringify(["reads", own]);
  if (index !== undefined) return JSON.stringify(["index of", relation]);
  const name = node["Function Name"] ?? node["CTE Name"];
  if (name !== undefined || node["Plans"] === undefined) return JSON.stringify([type, name ?? ""]);
  return null;
}

/** Nodes of both sides that share a key, in their order. */
function bothOf(
  first: readonly PlacedNode[],
  second: readonly PlacedNode[],
  key: (placed: PlacedNode) => string | null,
): [PlacedNode[], PlacedNode[]][] {
  const grouped = new Map<string, [PlacedNode[], PlacedNode[]]>();
  [first, second].forEach((nodes, side) => {
    for (const placed of nodes) {
      const own = key(placed);
      if (own === null) continue;
      const group = grouped.get(own) ?? [[], []];
      group[side]!.push(placed);
      grouped.set(own, group);
    }
  });
  return [...grouped.values()];
}

function readsOf(
  sides: readonly (readonly PlacedNode[])[],
  partners: ReadonlyMap<PlacedNode, PlacedNode>,
): PlanMatch["reads"] {
  const ids = new Map<PlacedNode, number>();
  for (const placed of sides[0]!) {
    const partner = partners.get(placed);
    if (partner !== undefined) ids.set(placed, ids.size).set(partner, ids.get(placed)!);
  }
  const known = new Map<PlacedNode, string>();
  const visit = (placed: PlacedNode): number[] => {
    const own = ids.get(placed);
    const all = [...own === undefined ? [] : [own], ...placed.children.flatMap(visit)].sort((a, b) => a - b);
    known.set(placed, all.join());
    return all;
  };
  for (const [root] of sides) visit(root!);
  return (placed) => known.get(placed)!;
}

const ROLES: Readonly<Record<string, string>> = {
  "Nested Loop": "join",
  "Hash Join": "join",
  "Merge Join": "join",
  "Incremental Sort": "Sort",
  "Group": "Aggregate",
  "Merge Append": "Append",
  "Gather Merge": "Gather",
  "Memoize": "Materialize",
  "BitmapAnd": "BitmapOr",
};

function roleOf({ "Node Type": type }: PlanNode): string {
  return ROLES[type] ?? type;
}

function typeOf(node: PlanNode): string {
  return JSON.stringify([node["Node Type"], node["Strategy"], node["Partial Mode"]]);
}

/** What only helps others to their work, and comes and goes with how they do it. */
const HELPERS: ReadonlySet<string> = new Set(["Sort", "Materialize", "Hash", "Gather"]);

/** What it is worth to have two nodes beside each other. */
function likeness(one: PlanNode, other: PlanNode): number {
  if (roleOf(one) !== roleOf(other)) return 0;
  return (HELPERS.has(roleOf(one)) ? 2 : 4) + (typeOf(one) === typeOf(other) ? 1 : 0);
}

/** The most alike pairs of two rows of nodes that keep the order of both. */
function aligned(left: readonly PlacedNode[], right: readonly PlacedNode[]): [PlacedNode, PlacedNode][] {
  // worth[i][j]: of the best pairs among what follows i on the left and j on the right, these included.
  const worth = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0));
  const matched = (i: number, j: number) => {
    const own = likeness(left[i]!.node, right[j]!.node);
    return own === 0 ? -1 : own + worth[i + 1]![j + 1]!;
  };
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      worth[i]![j] = Math.max(matched(i, j), worth[i + 1]![j]!, worth[i]![j + 1]!);
    }
  }
  const pairs: [PlacedNode, PlacedNode][] = [];
  for (let [i, j] = [0, 0]; i < left.length && j < right.length;) {
    const [without, withoutOther] = [worth[i + 1]![j]!, worth[i]![j + 1]!];
    if (matched(i, j) === worth[i]![j]) pairs.push([left[i++]!, right[j++]!]);
    // Where both are worth the same, what is left out must not depend on the side.
    else if (
      without !== withoutOther ? without > withoutOther : typeOf(left[i]!.node) < typeOf(right[j]!.node)
    ) i++;
    else j++;
  }
  return pairs;
}
