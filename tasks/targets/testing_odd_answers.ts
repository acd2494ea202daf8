import { httpAnswer, type Script } from "./testing_scripted.ts";

const deep = (depth: number) => `{"data":${'{"a":'.repeat(depth)}1${"}".repeat(depth)}}`;

/** Answers of a GraphQL service beyond the usual, each with what it is counted as; null: right. */
export const ODD_ANSWERS: readonly (readonly [string, Script, string | null])[] = [
  ["data", httpAnswer('{"data":{"one":1}}'), null],
  ["data in deep nesting", httpAnswer(deep(100_000)), null],
  ["data without any field", httpAnswer('{"data":{}}'), null],
  ["an empty list of errors", httpAnswer('{"data":{"one":1},"errors":[]}'), null],
  ["chunks with trailers", {
    parts: [
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n",
      '{"data":{\r\n2;a="b"\r\n}}\r\n0\r\nExpires: never\r\n\r\n',
    ],
  }, null],
  [
    "interim answers first",
    {
      parts: [
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n",
        ...httpAnswer('{"data":{"one":1}}').parts,
      ],
    },
    null,
  ],
  ["HTTP/1.0 without a length", { parts: ['HTTP/1.0 200 OK\r\n\r\n{"data":{"one":1}}'], close: true }, null],
  ["HTTP/1.0 with a length", {
    parts: ['HTTP/1.0 200 OK\r\nContent-Length: 18\r\n\r\n{"data":{"one":1}}'],
    close: true,
  }, null],
  ["a code that is a number", httpAnswer('{"errors":[{"message":"no","extensions":{"code":4004}}]}'), "4004"],
  ["a code that is an object", httpAnswer('{"errors":[{"extensions":{"code":{}}}]}'), "GRAPHQL_ERROR"],
  [
    "a code of control characters",
    httpAnswer('{"errors":[{"extensions":{"code":"\\u001b[31m\\nA"}}]}'),
    "?[31m?A",
  ],
  [
    "a code without an end",
    httpAnswer(`{"errors":[{"extensions":{"code":"${"x".repeat(1e5)}"}}]}`),
    "x".repeat(64),
  ],
  [
    "extensions that are a text",
    httpAnswer('{"errors":[{"message":"no","extensions":"x"}]}'),
    "GRAPHQL_ERROR",
  ],
  ["an error that is null", httpAnswer('{"errors":[null]}'), "GRAPHQL_ERROR"],
  ["an error that is a text", httpAnswer('{"errors":["no"],"data":{"one":1}}'), "GRAPHQL_ERROR"],
  ["a second error with the code", httpAnswer('{"errors":[null,{"errcode":"42P01"}]}'), "42P01"],
  ["errors that are an object", httpAnswer('{"errors":{"message":"no"},"data":{"one":1}}'), "GRAPHQL_ERROR"],
  ["errors that are a text", httpAnswer('{"errors":"no","data":{"one":1}}'), "GRAPHQL_ERROR"],
  [
    "an error whose name is escaped",
    httpAnswer(`{"data":{"one":"${"x".repeat(2000)}"},"\\u0065rrors":[{}],"extensions":{}}`),
    "GRAPHQL_ERROR",
  ],
  ["errors with a status of their own", httpAnswer('{"errors":[{}]}', "401 Unauthorized"), "401"],
  ["a body that is null", httpAnswer("null"), "INVALID_RESPONSE"],
  ["a body that is a text", httpAnswer('"text"'), "INVALID_RESPONSE"],
  ["a body that is a list", httpAnswer('[{"data":{"one":1}}]'), "INVALID_RESPONSE"],
  ["no data", httpAnswer("{}"), "INVALID_RESPONSE"],
  ["data that is null", httpAnswer('{"data":null}'), "INVALID_RESPONSE"],
  ["data that is a list", httpAnswer('{"data":[1]}'), "INVALID_RESPONSE"],
  ["half an answer", httpAnswer('{"data":{"one":'), "INVALID_RESPONSE"],
  ["text behind it", httpAnswer('{"data":{"one":1}} {}'), "INVALID_RESPONSE"],
  ["nesting without an end", httpAnswer("[".repeat(1e6)), "INVALID_RESPONSE"],
  ["invalid UTF-8", httpAnswer(Uint8Array.of(0xff, 0xfe, 0, 0xc3)), "INVALID_RESPONSE"],
  ["an empty body", httpAnswer(""), "INVALID_RESPONSE"],
  ["HTML", httpAnswer("<html>Welcome</html>", "200 OK", "Content-Type: text/html\r\n"), "INVALID_RESPONSE"],
  [
    "gzip that was not asked for",
    httpAnswer(Uint8Array.of(31, 139, 8, 0, 0), "200 OK", "Content-Encoding: gzip\r\n"),
    "INVALID_RESPONSE",
  ],
  ["no content", { parts: ["HTTP/1.1 204 No Content\r\n\r\n"] }, "204"],
  ["a redirect", httpAnswer("", "302 Found", "Location: /elsewhere\r\n"), "302"],
  ["an error of the server", httpAnswer("oops", "500 Internal Server Error"), "500"],
  ["right data with a wrong status", httpAnswer('{"data":{"one":1}}', "503 Service Unavailable"), "503"],
  ["another protocol", { parts: ["HTTP/1.1 101 Switching Protocols\r\n\r\n\0\0"], close: true }, "101"],
  ["what is not HTTP", { parts: ["SSH-2.0-OpenSSH_9.2\r\n"] }, "EPROTO"],
  ["a transfer coding", { parts: ["HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx"] }, "EPROTO"],
  ["two lengths", {
    parts: ["HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"],
  }, "EPROTO"],
  ["a negative length", { parts: ["HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"] }, "EPROTO"],
  ["a length of 10 GB", { parts: ["HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n"] }, "EMSGSIZE"],
  ["a chunk of 68 GB", {
    parts: ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n"],
  }, "EMSGSIZE"],
  ["a chunk longer than it says", {
    parts: ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n"],
  }, "EPROTO"],
  ["a chunk of negative size", {
    parts: ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n"],
  }, "EPROTO"],
  ["headers without an end", { parts: ["HTTP/1.1 200 OK\r\n", "a: b\r\n".repeat(1e5)] }, "EPROTO"],
  ["interim answers without an end", { parts: ["HTTP/1.1 100 Continue\r\n\r\n".repeat(1e5)] }, "EPROTO"],
  ["trailers without an end", {
    parts: [
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
      "a: b\r\n".repeat(1e5),
    ],
  }, "EPROTO"],
  ["a hang-up in mid-answer", {
    parts: ["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"],
    close: true,
  }, "ECONNRESET"],
  ["a hang-up", { parts: [], close: true }, "ECONNRESET"],
];
