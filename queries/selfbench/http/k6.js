/** k6 posts the same body again and again. */
import http from "k6/http";
import { Counter } from "k6/metrics";

const answers = new Counter("benchbook_answers");
const failures = new Counter("benchbook_failures");
const url = __ENV.BENCHBOOK_URL;
const body = __ENV.BENCHBOOK_BODY;
const options = { headers: JSON.parse(__ENV.BENCHBOOK_HEADERS) };

export default function () {
  if (http.post(url, body, options).status === 200) answers.add(1);
  else failures.add(1);
}

export function handleSummary(data) {
  return { [__ENV.BENCHBOOK_SUMMARY]: JSON.stringify(data) };
}
