// GraphQL over HTTP, as its specification's own suite sees us: every audit has to pass, MUST, SHOULD and MAY.

import assert from "node:assert/strict";
import { test } from "node:test";

import { serverAudits } from "graphql-http";

import { fetchAsOwner, url } from "../harness/server.js";

const audits = serverAudits({ url, fetchFn: fetchAsOwner });

/** Queries by GET, all of them MAYs. */
const EXPECTED_TO_FAIL = new Set(["5A70", "D6D5", "6A70"]);

test("the suite is the one we know", () => {
  assert.equal(audits.length, 61);
});

for (const { id, name, fn } of audits) {
  test(`${id} ${name}`, async () => {
    const result = await fn();
    const passed = result.status === "ok";
    assert.equal(passed, !EXPECTED_TO_FAIL.has(id), `${result.status}: ${result.reason}`);
  });
}
