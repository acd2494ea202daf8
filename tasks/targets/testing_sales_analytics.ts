// What the questions of queries/workloads/sales-analytics must answer, computed without the server.

/** The fields of a row as texts. */
export type Row = Readonly<Record<string, string>>;
/** The values of a question by parameter. */
export type Parameters = Readonly<Record<string, unknown>>;

/** A line with its order's and its product's fields, amounts in cents. */
interface Line {
  readonly order: string;
  readonly customer: string;
  readonly employee: string;
  readonly product: string;
  readonly date: string;
  readonly quantity: number;
  readonly list: number;
  readonly revenue: number;
  readonly cost: number;
}

/** Northwind's tables as texts, and their lines joined here and not by the server. */
export class Tables {
  readonly lines: readonly Line[];
  readonly #rows: Readonly<Record<string, readonly Row[]>>;

  constructor(rows: Readonly<Record<string, readonly Row[]>>) {
    this.#rows = rows;
    const orders = new Map(rows.orders!.map((row) => [row.order_id, row]));
    const costs = new Map(
      rows.product_costs!.map((row) => [`${row.product_id} ${row.year}`, cents(row.unit_cost!)]),
    );
    this.lines = rows.order_details!.map((row) => {
      const order = orders.get(row.order_id)!;
      const quantity = Number(row.quantity);
      const list = quantity * cents(row.unit_price!);
      return {
        order: row.order_id!,
        customer: order.customer_id!,
        employee: order.employee_id!,
        product: row.product_id!,
        date: order.order_date!,
        quantity,
        list,
        // To the cent, half a cent up; in whole numbers, which are exact.
        revenue: Math.floor((list * (100 - cents(row.discount!)) + 50) / 100),
        cost: quantity * costs.get(`${row.product_id} ${order.order_date!.slice(0, 4)}`)!,
      };
    });
  }

  of(table: string): readonly Row[] {
    return this.#rows[table]!;
  }

  find(table: string, column: string, value: string): Row {
    return this.of(table).find((row) => row[column] === value)!;
  }

  /** A column of a table by its key. */
  columnOf(table: string, key: string, column: string): ReadonlyMap<string, string | null> {
    return new Map(this.of(table).map((row) => [row[key]!, row[column]!]));
  }

  /** The lines of a question's months. */
  within(parameters: Parameters): readonly Line[] {
    const [from, end] = [String(parameters.from_month), endOf(parameters)];
    return this.lines.filter(({ date }) => date >= from && date < end);
  }
}

/** What each question must answer, computed from the tables' rows. Ratios are compared as the text of their digits. */
export const ANSWERS: Readonly<
  Record<string, (tables: Tables, parameters: Parameters) => Record<string, unknown>[]>
> = {
  "sales-overview": (tables, parameters) => {
    const home = tables.columnOf("customers", "customer_id", "country");
    const shipped = tables.columnOf("orders", "order_id", "shipped_date");
    const lines = tables.within(parameters).filter(({ customer }) =>
      home.get(customer) === parameters.country
    );
    return grouped(lines, ({ date }) => `${date.slice(0, 7)}-01`)
      .map(([month, own]) => ({
        month,
        orders: count(own, "order"),
        shipped: count(own.filter(({ order }) => shipped.get(order) !== null), "order"),
        revenue: dollars(sum(own, "revenue")),
        cost: dollars(sum(own, "cost")),
        profit: dollars(profit(own)),
      }))
      .sort((a, b) => a.month > b.month ? -1 : 1);
  },

  "product-performance": (tables, parameters) => {
    const categoryOf = tables.columnOf("products", "product_id", "category_id");
    const lines = tables.within(parameters).filter(({ product }) =>
      categoryOf.get(product) === String(parameters.category_id)
    );
    return grouped(lines, ({ product }) => product)
      .sort(([a, one], [b, other]) => sum(other, "revenue") - sum(one, "revenue") || Number(a) - Number(b))
      .map(([id, own]) => ({
        product_id: Number(id),
        product_name: tables.find("products", "product_id", id).product_name,
        orders: count(own, "order"),
        quantity: sum(own, "quantity"),
        revenue: dollars(sum(own, "revenue")),
        profit: dollars(profit(own)),
        margin_percent: ratio(100 * profit(own), sum(own, "revenue"), 2),
      }));
  },

  "customer-value": (tables, parameters) => {
    const segmentOf = tables.columnOf("customer_segments", "customer_id", "segment_id");
    const from = String(parameters.from_month);
    const lines = tables.lines.filter(({ customer, date }) =>
      segmentOf.get(customer) === String(parameters.segment_id) && date < endOf(parameters)
    );
    return grouped(lines, ({ customer }) => customer)
      .map(([id, own]) => ({ id, own, within: own.filter(({ date }) => date >= from) }))
      .filter(({ within }) => within.length > 0)
      .sort((a, b) => sum(b.within, "revenue") - sum(a.within, "revenue") || (a.id < b.id ? -1 : 1))
      .map(({ id, own, within }) => {
        const customer = tables.find("customers", "customer_id", id);
        const dates = own.map(({ date }) => date).sort();
        return {
          customer_id: id,
          company_name: customer.company_name,
          country: customer.country,
          first_order: dates[0],
          last_order: dates.at(-1),
          orders: count(own, "order"),
          revenue: dollars(sum(within, "revenue")),
          lifetime_value: dollars(profit(own)),
          value_per_order: ratio(profit(own), 100 * count(own, "order"), 2),
        };
      });
  },

  "sales-rep-leaderboard": (tables, parameters) => {
    const lines = tables.within(parameters);
    const ranked = tables.of("employees")
      .filter(({ country }) => country === parameters.country)
      .map((row) => ({ row, lines: lines.filter(({ employee }) => employee === row.employee_id) }))
      .sort((a, b) =>
        sum(b.lines, "revenue") - sum(a.lines, "revenue") ||
        Number(a.row.employee_id) - Number(b.row.employee_id)
      );
    return ranked.map(({ row, lines }) => {
      const revenue = sum(lines, "revenue");
      const targets = tables.of("sales_targets").filter(({ employee_id, quarter }) =>
        employee_id === row.employee_id && quarter! >= String(parameters.from_month) &&
        quarter! < endOf(parameters)
      ).map(({ amount }) => cents(amount!));
      const target = targets.length === 0 ? null : targets.reduce((total, amount) => total + amount, 0);
      return {
        place: 1 + ranked.filter((other) => sum(other.lines, "revenue") > revenue).length,
        employee_id: Number(row.employee_id),
        last_name: row.last_name,
        first_name: row.first_name,
        title: row.title,
        orders: count(lines, "order"),
        revenue: dollars(revenue),
        profit: dollars(profit(lines)),
        target: target === null ? null : dollars(target),
        attainment_percent: target === null ? null : ratio(100 * revenue, target, 1),
      };
    });
  },

  "supplier-profitability": (tables, parameters) => {
    const supplierOf = tables.columnOf("products", "product_id", "supplier_id");
    return grouped(tables.within(parameters), ({ product }) => supplierOf.get(product)!)
      .filter(([, lines]) => 100 * profit(lines) <= Number(parameters.most_percent) * sum(lines, "revenue"))
      .map(([id, lines]) => ({
        supplier_id: Number(id),
        company_name: tables.find("suppliers", "supplier_id", id).company_name,
        list_revenue: dollars(sum(lines, "list")),
        discounts: dollars(sum(lines, "list") - sum(lines, "revenue")),
        revenue: dollars(sum(lines, "revenue")),
        cost: dollars(sum(lines, "cost")),
        profit: dollars(profit(lines)),
        margin_percent: ratio(100 * profit(lines), sum(lines, "revenue"), 2)!,
      }))
      .sort((a, b) => Number(a.margin_percent) - Number(b.margin_percent) || a.supplier_id - b.supplier_id);
  },
};

/** The day after the last of a question's months. */
function endOf({ from_month, months }: Parameters): string {
  const [year, month] = String(from_month).split("-").map(Number) as [number, number];
  return new Date(Date.UTC(year, month - 1 + Number(months), 1)).toISOString().slice(0, 10);
}

function grouped(lines: readonly Line[], keyOf: (line: Line) => string): [string, Line[]][] {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const key = keyOf(line);
    groups.set(key, [...groups.get(key) ?? [], line]);
  }
  return [...groups];
}

export function sum(lines: readonly Line[], field: "quantity" | "list" | "revenue" | "cost"): number {
  return lines.reduce((total, line) => total + line[field], 0);
}

function profit(lines: readonly Line[]): number {
  return sum(lines, "revenue") - sum(lines, "cost");
}

function count(lines: readonly Line[], field: "order" | "customer"): number {
  return new Set(lines.map((line) => line[field])).size;
}

/** `12.50` as 1250. */
export function cents(text: string): number {
  return Math.round(Number(text) * 100);
}

function dollars(amount: number): string {
  return (amount / 100).toFixed(2);
}

/** A quotient of whole numbers rounded to so many places, half away from zero, or null where there is nothing to divide by. */
function ratio(amount: number, by: number, places: number): string | null {
  if (by === 0) return null;
  const scaled = BigInt(Math.abs(amount)) * 10n ** BigInt(places);
  const rounded = Number((2n * scaled + BigInt(by)) / (2n * BigInt(by)));
  return (Math.sign(amount) * rounded / 10 ** places).toFixed(places);
}
