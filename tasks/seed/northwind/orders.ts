import { alias } from "../../random/alias.ts";
import { counter } from "../../random/counter.ts";
import { lognormal } from "../../random/distributions.ts";
import { tabulated } from "../../random/tabulated.ts";
import { zipfWeights } from "../../random/zipf.ts";
import { copyFields } from "../copy_writer.ts";
import type { Rows } from "../dataset.ts";
import type { Calendar } from "./calendar.ts";
import { DUE_DAYS, FIRST_ORDER_ID, type NorthwindShape } from "./distributions.ts";
import { employeeShares } from "./employees.ts";
import { DAYS, isoDay } from "./keys.ts";
import type { Lines } from "./lines.ts";
import type { Packed } from "./packed.ts";
import { QUANTILE_BITS, shippingQuantile, U32 } from "./quantiles.ts";

/** The most that CopyWriter writes as an amount, in cents. */
const MOST_FREIGHT = 2 ** 31 - 1;

/** `YYYY-MM-DD` with its tab. */
const DATE_BYTES = 11;

const LANES = { day: 0, customer: 1, shipping: 2, employee: 3, dueAndShipper: 4 } as const;

/** The day on which each order is placed. */
export function orderDays({ seed, counts }: NorthwindShape, { dayOf }: Calendar): (order: number) => number {
  const random = counter(seed, "northwind.orders");
  return (order) => dayOf((order + random.u32(order, LANES.day) / U32) / counts.orders);
}

/** @param customers as `customerFields` packs them */
export function orders(
  shape: NorthwindShape,
  customers: Packed,
  dayOf: (order: number) => number,
  { draw, price, quantity, off }: Lines,
): Rows {
  const { seed, counts, distributions } = shape;
  const random = counter(seed, "northwind.orders");
  const customerOf = alias(zipfWeights(counts.customers, distributions["orders.customerSkew"]));
  const employeeOf = alias(employeeShares(shape));
  const shippers = distributions["orders.shipper"];
  // Both by one draw: outcome = due × shippers + shipper.
  const dueAndShipperOf = alias(
    distributions["orders.due"].flatMap((due) => shippers.map((shipper) => due * shipper)),
  );
  const shippingDays = tabulated(shippingQuantile(distributions));
  const freightBase = distributions["orders.freightBase"];
  const steps = 2 ** QUANTILE_BITS;
  const freightShare = freightShares(distributions, steps);

  const { bytes, ends } = customers;
  const dates = copyFields(Array.from({ length: DAYS + Math.max(...DUE_DAYS) }, (_, day) => isoDay(day)));

  return {
    name: "orders",
    units: counts.orders,
    rows: counts.orders,
    write(order, out) {
      const customer = customerOf.sample(random.float(order, LANES.customer));
      const placed = dayOf(order);
      const word = random.u32(order, LANES.shipping);
      const shipped = placed + shippingDays((word >>> 32 - QUANTILE_BITS) / steps);
      let merchandise = 0;
      for (let line = 0, count = draw(order, placed); line < count; line++) {
        merchandise += price[line]! * quantity[line]! * (100 - off[line]!);
      }
      const freight = freightBase + merchandise / 100 * freightShare[word & steps - 1]!;
      const outcome = dueAndShipperOf.sample(random.u32(order, LANES.dueAndShipper) / U32);
      const due = outcome / shippers.length | 0;
      const required = placed + DUE_DAYS[due]!;
      const code = customer === 0 ? 0 : ends[2 * customer - 1]!;

      out.integer(FIRST_ORDER_ID + order);
      out.slice(bytes, code, ends[2 * customer]!);
      out.integer(1 + employeeOf.sample(random.u32(order, LANES.employee) / U32));
      out.slice(dates, placed * DATE_BYTES, (placed + 1) * DATE_BYTES);
      out.slice(dates, required * DATE_BYTES, (required + 1) * DATE_BYTES);
      // What would have been shipped after the last day is still on its way.
      if (shipped < DAYS) out.slice(dates, shipped * DATE_BYTES, (shipped + 1) * DATE_BYTES);
      else out.null();
      out.integer(1 + outcome - due * shippers.length);
      out.hundredths(Math.min(MOST_FREIGHT, Math.round(freight)));
      out.slice(bytes, ends[2 * customer]!, ends[2 * customer + 1]!);
      out.endRow();
    },
  };
}

/** Freight by the merchandise's worth, at so many quantiles. */
function freightShares(distributions: NorthwindShape["distributions"], steps: number): Float64Array {
  const [median, sigma] = [distributions["orders.freightShare"], distributions["orders.freightSigma"]];
  return Float64Array.from({ length: steps }, (_, step) => lognormal((step + 0.5) / steps, median, sigma));
}
