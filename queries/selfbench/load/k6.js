/**
 * k6 with xk6-sql and its driver for PostgreSQL. The way in is told by PGHOST and the like, which the driver reads.
 *
 * xk6-sql has no prepared statements, and with parameters its driver would ask the server twice for each answer. SQL's
 * own PREPARE and EXECUTE do it once, which is the best that k6 can do.
 */
import { Counter } from "k6/metrics";
import sql from "k6/x/sql";
import driver from "k6/x/sql/driver/postgres";

const answers = new Counter("benchbook_answers");
const failures = new Counter("benchbook_failures");
const keys = Number(__ENV.BENCHBOOK_KEYS);
// Each user has a pool of its own, and asks for one thing at a time: one connection.
const db = sql.open(driver, __ENV.BENCHBOOK_OPTIONS);
let prepared = false;

export default function () {
  try {
    if (!prepared) {
      db.exec(`PREPARE question AS ${__ENV.BENCHBOOK_QUESTION}`);
      prepared = true;
    }
    const rows = db.query(`EXECUTE question(${1 + Math.floor(Math.random() * keys)})`);
    if (rows.length !== 1) throw new Error(`${rows.length} rows for a key`);
    answers.add(1);
  } catch (error) {
    failures.add(1);
    throw error;
  }
}

export function handleSummary(data) {
  return { [__ENV.BENCHBOOK_SUMMARY]: JSON.stringify(data) };
}
