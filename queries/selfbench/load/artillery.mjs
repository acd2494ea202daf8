/** What Artillery's users do; the way in is told by PGHOST and the like. */
import process from "node:process";
import pg from "pg";
import { begin, count } from "../artillery_window.mjs";

export { goOn } from "../artillery_window.mjs";

const text = process.env.BENCHBOOK_QUESTION;
const keys = Number(process.env.BENCHBOOK_KEYS);

export async function connect(context) {
  context.client = new pg.Client();
  await context.client.connect();
  begin();
}

/** The name has pg prepare the question once a connection. */
export async function ask(context, events) {
  const askedAt = performance.now();
  const key = 1 + Math.floor(Math.random() * keys);
  const { rows } = await context.client.query({ name: "question", text, values: [key] });
  if (rows.length !== 1) throw new Error(`${rows.length} rows for the key ${key}`);
  // As Artillery's own engines do for each answer of theirs.
  if (count(events)) events.emit("histogram", "benchbook.response_time", performance.now() - askedAt);
}

export async function disconnect(context) {
  await context.client.end();
}
