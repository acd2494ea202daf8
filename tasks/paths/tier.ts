/** Relations that are kept beside the tables and answer some questions in their place. */
export interface Tier {
  /** As the path over it is called. */
  readonly name: "matview" | "aggregate";
  /** The data set over whose tables it is. */
  readonly dataset: string;
  /** The migration whose safe steps make it. */
  readonly migration: string;
  /** The relation that questions are answered from, `schema.name`. */
  readonly relation: string;
}

/** Of whole months' sales, worked out again by each refresh. */
export const matviewTier: Tier = {
  name: "matview",
  dataset: "northwind",
  migration: "add-matview",
  relation: "northwind_sales.sales_months",
};

/** Of whole months' sales, to which each write adds, or each batch of writes. */
export const aggregateTier: Tier = {
  name: "aggregate",
  dataset: "northwind",
  migration: "add-aggregate",
  relation: "northwind_sales.month_totals",
};
