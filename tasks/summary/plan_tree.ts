/** A node of PostgreSQL's plan; fields as EXPLAIN (FORMAT JSON) names them. Which are there depends on version and options. */
export interface PlanNode {
  readonly "Node Type": string;
  readonly "Strategy"?: string;
  readonly "Partial Mode"?: string;
  readonly "Operation"?: string;
  readonly "Command"?: string;
  readonly "Join Type"?: string;
  readonly "Parallel Aware"?: boolean;
  readonly "Scan Direction"?: string;
  readonly "Relation Name"?: string;
  readonly "Alias"?: string;
  readonly "Index Name"?: string;
  readonly "Function Name"?: string;
  readonly "CTE Name"?: string;
  readonly "Subplan Name"?: string;
  readonly "Plan Rows"?: number;
  readonly "Total Cost"?: number;
  readonly "Actual Rows"?: number;
  readonly "Actual Loops"?: number;
  readonly "Actual Total Time"?: number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Shared Hit Blocks"?: number;
  readonly "Shared Read Blocks"?: number;
  readonly "Sort Method"?: string;
  readonly "Sort Space Type"?: string;
  readonly "Hash Batches"?: number;
  readonly "Workers Planned"?: number;
  readonly "Plans"?: readonly PlanNode[];
}

/** What EXPLAIN (FORMAT JSON) says of one statement. */
export interface ExplainedPlan {
  readonly "Plan": PlanNode;
  readonly "Planning Time"?: number;
  readonly "Execution Time"?: number;
  /** Of the planner, those that are not at their defaults. */
  readonly "Settings"?: Readonly<Record<string, string>>;
}

/** A stored plan, which may be JSON text and EXPLAIN's list of one; null where it is none, or not as PostgreSQL's are. */
export function readPlan(plan: unknown): ExplainedPlan | null {
  const value: unknown = typeof plan === "string" ? JSON.parse(plan) : plan;
  const one = (Array.isArray(value) ? value[0] : value) as Partial<ExplainedPlan> | null | undefined;
  return isNode(one?.Plan) ? one as ExplainedPlan : null;
}

/** What a server says that only resembles PostgreSQL is not worked with. */
function isNode(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const node = value as Readonly<Record<string, unknown>>;
  const { "Node Type": type, "Plans": plans = [] } = node;
  return typeof type === "string" && Array.isArray(plans) && plans.every(isNode) &&
    Object.entries(node).every(([field, own]) => !FIGURE.test(field) || typeof own === "number");
}

const FIGURE = /(?: Rows| Loops| Cost| Blocks| Batches|^Workers \w+| Total Time|^Rows Removed by Filter)$/;

/** A node and all below it, each before what is below it. */
export function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** What a node does and to what, as EXPLAIN's text calls it: `Index Scan using orders_customer_id on orders`. */
export function nodeName(node: PlanNode): string {
  const { "Relation Name": relation, "Index Name": index } = node;
  const source = relation ?? node["Function Name"] ?? node["CTE Name"] ??
    (node["Plans"] === undefined ? node["Alias"] : undefined);
  const target = source === undefined
    ? index === undefined ? "" : ` on ${index}`
    : `${index === undefined ? "" : ` using ${index}`} on ${source}`;
  return `${nodeKind(node)}${target}`;
}

const AGGREGATES: Readonly<Record<string, string>> = {
  Sorted: "GroupAggregate",
  Hashed: "HashAggregate",
  Mixed: "MixedAggregate",
};

/** What a node does, as EXPLAIN's text calls it: `Parallel Seq Scan`, `Hash Left Join`, `Partial HashAggregate`. */
export function nodeKind(node: PlanNode): string {
  return `${node["Parallel Aware"] ? "Parallel " : ""}${plainKind(node)}`;
}

function plainKind(node: PlanNode): string {
  const { "Node Type": type, "Join Type": join = "Inner", "Partial Mode": mode = "Simple" } = node;
  switch (type) {
    case "Aggregate":
      return `${mode === "Simple" ? "" : `${mode} `}${AGGREGATES[node["Strategy"] ?? ""] ?? type}`;
    case "SetOp":
      return `${node["Strategy"] === "Hashed" ? "Hash" : ""}SetOp ${node["Command"] ?? ""}`.trimEnd();
    case "ModifyTable":
      return node["Operation"] ?? type;
    case "Nested Loop":
      return join === "Inner" ? type : `${type} ${join} Join`;
    case "Hash Join":
    case "Merge Join":
      return join === "Inner" ? type : type.replace("Join", `${join} Join`);
    default:
      return node["Scan Direction"] === "Backward" ? `${type} Backward` : type;
  }
}
