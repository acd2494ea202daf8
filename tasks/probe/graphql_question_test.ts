import assert from "node:assert/strict";
import { questionsOf } from "./graphql_question.ts";

const needs = (name: string) => ({ kind: "NON_NULL", name: null, ofType: { kind: "SCALAR", name } });
const may = (name: string) => ({ kind: "SCALAR", name, ofType: null });
const row = { kind: "OBJECT", name: "Row", ofType: null };

Deno.test("a service is asked for a row by its key, or the first of a list, and never for what needs more", () => {
  const fields = [
    { name: "query", args: [], type: row },
    { name: "node", args: [{ name: "nodeId", type: needs("ID") }], type: row },
    { name: "search", args: [{ name: "filter", type: needs("Filter") }], type: row },
    { name: "allUsers", args: [{ name: "first", type: may("Int") }], type: row },
    {
      name: "ofTenant",
      args: [{ name: "tenant", type: needs("Int") }, { name: "first", type: may("Int") }],
      type: row,
    },
    { name: "userById", args: [{ name: "id", type: needs("Int") }], type: row },
    {
      name: "order_item_by_pk",
      args: [{ name: "order_id", type: needs("bigint") }, { name: "id", type: needs("uuid") }],
      type: row,
    },
    { name: "count", args: [{ name: "of", type: needs("Int") }], type: needs("Int") },
  ];
  assert.deepEqual(questionsOf({ __schema: { queryType: { fields } } }), [
    "{ userById(id: 0) { __typename } }",
    '{ order_item_by_pk(order_id: 0, id: "00000000-0000-0000-0000-000000000000") { __typename } }',
    "{ allUsers(first: 1) { nodes { __typename } } }",
  ]);
  for (
    const odd of [null, undefined, {}, { __schema: null }, { __schema: { queryType: { fields: [null, 1] } } }]
  ) {
    assert.deepEqual(questionsOf(odd), []);
  }
});
