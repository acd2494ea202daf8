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

  between({ from_date, to_date }: Parameters): readonly Line[] {
    return this.lines.filter(({ date }) => date >= String(from_date) && date <= String(to_date));
  }
}

/** What each question must answer, computed from the tables' rows. Ratios are compared as the text of their digits. */
export const ANSWERS: Readonly<
  Record<string, (tables: Tables, parameters: Parameters) => Record<string, unknown>[]>
> = {
  "revenue-by-month": (tables, parameters) =>
    grouped(tables.between(parameters), ({ date }) => `${date.slice(0, 7)}-01`)
      .map(([month, lines]) => ({
        month,
        orders: count(lines, "order"),
        customers: count(lines, "customer"),
        revenue: dollars(sum(lines, "revenue")),
        cost: dollars(sum(lines, "cost")),
        profit: dollars(profit(lines)),
      }))
      .sort((a, b) => a.month < b.month ? -1 : 1),

  "product-performance": (tables, parameters) =>
    grouped(tables.between(parameters), ({ product }) => product)
      .sort(([a, one], [b, other]) => sum(other, "revenue") - sum(one, "revenue") || Number(a) - Number(b))
      .slice(0, Number(parameters.page_size))
      .map(([id, lines]) => {
        const product = tables.find("products", "product_id", id);
        return {
          product_id: Number(id),
          product_name: product.product_name,
          category_name: tables.find("categories", "category_id", product.category_id!).category_name,
          orders: count(lines, "order"),
          quantity: sum(lines, "quantity"),
          revenue: dollars(sum(lines, "revenue")),
          profit: dollars(profit(lines)),
          margin_percent: ratio(100 * profit(lines), sum(lines, "revenue"), 2),
        };
      }),

  "customer-segmentation": (tables, parameters) => {
    const segmentOf = new Map(tables.of("customer_segments").map((row) => [row.customer_id, row.segment_id]));
    return tables.of("segments").map(({ segment_id, segment_name }) => {
      const lines = tables.between(parameters).filter(({ customer }) =>
        segmentOf.get(customer) === segment_id
      );
      const active = count(lines, "customer");
      return {
        segment_id: Number(segment_id),
        segment_name,
        customers: [...segmentOf.values()].filter((id) => id === segment_id).length,
        active_customers: active,
        orders: count(lines, "order"),
        revenue: dollars(sum(lines, "revenue")),
        profit: dollars(profit(lines)),
        revenue_per_active_customer: ratio(sum(lines, "revenue") / 100, active, 2),
      };
    });
  },

  "customer-lifetime-value": (tables, { country, until, page_size }) => {
    const home = new Map(tables.of("customers").map((row) => [row.customer_id, row.country]));
    const lines = tables.lines.filter(({ customer, date }) =>
      home.get(customer) === country && date <= String(until)
    );
    return grouped(lines, ({ customer }) => customer)
      .sort(([a, one], [b, other]) => profit(other) - profit(one) || (a < b ? -1 : 1))
      .slice(0, Number(page_size))
      .map(([id, own]) => {
        const dates = own.map(({ date }) => date).sort();
        const days = (Date.parse(String(until)) - Date.parse(dates[0]!)) / 86_400_000 + 1;
        const segment = tables.find("customer_segments", "customer_id", id).segment_id!;
        return {
          customer_id: id,
          company_name: tables.find("customers", "customer_id", id).company_name,
          segment_name: tables.find("segments", "segment_id", segment).segment_name,
          first_order: dates[0],
          last_order: dates.at(-1),
          orders: count(own, "order"),
          revenue: dollars(sum(own, "revenue")),
          lifetime_value: dollars(profit(own)),
          average_order_value: ratio(sum(own, "revenue") / 100, count(own, "order"), 2),
          value_per_year: ratio(profit(own) / 100, Math.max(1, days / 365.25), 2),
        };
      });
  },

  "sales-rep-leaderboard": (tables, { quarter }) => {
    const [year, month] = String(quarter).split("-").map(Number) as [number, number];
    const end = new Date(Date.UTC(year, month + 2, 1)).toISOString().slice(0, 10);
    const ranked = tables.of("employees")
      .map((row) => ({
        row,
        lines: tables.lines.filter(({ employee, date }) =>
          employee === row.employee_id && date >= String(quarter) && date < end
        ),
      }))
      .sort((a, b) =>
        sum(b.lines, "revenue") - sum(a.lines, "revenue") ||
        Number(a.row.employee_id) - Number(b.row.employee_id)
      );
    return ranked.map(({ row, lines }) => {
      const revenue = sum(lines, "revenue");
      const target = tables.of("sales_targets").find((candidate) =>
        candidate.employee_id === row.employee_id && candidate.quarter === quarter
      )?.amount ?? null;
      return {
        place: 1 + ranked.filter((other) =>
          sum(other.lines, "revenue") > revenue
        ).length,
        employee_id: Number(row.employee_id),
        last_name: row.last_name,
        first_name: row.first_name,
        title: row.title,
        orders: count(lines, "order"),
        revenue: dollars(revenue),
        profit: dollars(profit(lines)),
        target,
        attainment_percent: target === null ? null : ratio(100 * revenue, cents(target), 1),
      };
    });
  },

  "profitability-by-category": (tables, parameters) => {
    const categoryOf = new Map(tables.of("products").map((row) => [row.product_id, row.category_id!]));
    return grouped(tables.between(parameters), ({ product }) => categoryOf.get(product)!)
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([id, lines]) => ({
        category_id: Number(id),
        category_name: tables.find("categories", "category_id", id).category_name,
        list_revenue: dollars(sum(lines, "list")),
        discounts: dollars(sum(lines, "list") - sum(lines, "revenue")),
        revenue: dollars(sum(lines, "revenue")),
        cost: dollars(sum(lines, "cost")),
        profit: dollars(profit(lines)),
        margin_percent: ratio(100 * profit(lines), sum(lines, "revenue"), 2),
      }));
  },
};

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

/** A quotient rounded to so many places, or null where there is nothing to divide by. */
function ratio(amount: number, by: number, places: number): string | null {
  return by === 0 ? null : (amount / by).toFixed(places);
}
