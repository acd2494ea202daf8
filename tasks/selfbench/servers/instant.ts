/**
 * A server that does next to nothing: it answers each POST at once with the same few bytes of GraphQL, so that
 * what is measured is the client. A process of its own; its first line on stdout is its port.
 */
const ANSWER = '{"data":{"product":{"productId":1,"productName":"Chai","unitPrice":"18.00"}}}';
const HEADERS = { "content-type": "application/json" };

if (import.meta.main) {
  Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => console.log(port),
  }, async (request) => {
    await request.arrayBuffer();
    return new Response(ANSWER, { headers: HEADERS });
  });
}
