import assert from "node:assert/strict";
import { ServiceError } from "../model/errors.ts";
import { refuseWithoutRoom } from "./move_room.ts";

Deno.test("a move is refused where the new server's disk has no room for the tables and the log of their copy", () => {
  const room = { database: "store", bytes: 20, logBytes: 10, free: 30 };
  refuseWithoutRoom(room);
  refuseWithoutRoom({ ...room, free: null });
  assert.throws(() => refuseWithoutRoom({ ...room, free: 29 }), (error) => {
    assert.ok(error instanceof ServiceError);
    assert.equal(
      error.message,
      'Cannot move the tables to the database "store": they take 20 B there, and the write-ahead log of the copy up to 10 B: ' +
        "29 B are free on the server's disk",
    );
    return true;
  });
});
