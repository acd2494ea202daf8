import { monotonicUs } from "../../net/clock.ts";
import { TimerThread } from "../../load/timer_thread.ts";
import { Deadlines } from "../../net/deadlines.ts";
import { TimerRequest } from "../../net/timer_request.ts";
import { permutation } from "../../random/permutation.ts";
import { dueAt, type Freeze, serviceTimeUs } from "./known.ts";

/**
 * A server whose service times are known: each of so many requests has one of the distribution's quantiles
 * (i + ½) / n, in an order drawn by lot, so that chance takes no part in what comes out. All requests are served
 * at the same time and none waits for another. It can be told to stand still for a while, `/freeze?from=…&to=…` in
 * monotonic µs: no service begins and no answer leaves in that time. Stopping its process would do it too, but then
 * reading what piled up would take a time that nobody knows beforehand.
 *
 * Its first line on stdout is its port; its argument is n.
 */
const HEADERS = { "content-type": "application/json" };

if (import.meta.main) {
  const requests = Number(Deno.args[0]);
  const place = permutation(requests, 1, "service times");
  const due = new Deadlines();
  const timer = new TimerThread((message) => {
    throw new Error(message);
  });
  let next = 0;
  let freeze: Freeze = { fromUs: Infinity, toUs: Infinity };
  const timerRequest = new TimerRequest(timer.channel.request);
  timer.channel.port.onmessage = () => {
    while (due.nextUs <= monotonicUs()) due.take()();
    timerRequest.ask(due.nextUs);
  };
  Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => console.log(port),
  }, (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/freeze") {
      freeze = { fromUs: Number(searchParams.get("from")), toUs: Number(searchParams.get("to")) };
      return new Response();
    }
    const us = serviceTimeUs((place(next++ % requests) + 0.5) / requests);
    const dueUs = dueAt(monotonicUs(), us, freeze);
    return request.arrayBuffer().then(() =>
      new Promise((resolve) => {
        due.add(dueUs, () => resolve(new Response('{"data":{}}', { headers: HEADERS })));
        timerRequest.ask(due.nextUs);
      })
    );
  });
}
