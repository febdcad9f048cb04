// GraphQL over HTTP, as its specification's own suite sees us: every audit has to pass, MUST, SHOULD and MAY.

import assert from "node:assert/strict";
import { test } from "node:test";

import { serverAudits } from "graphql-http";

import { fetchAsOwner, url } from "../harness/server.js";

const audits = serverAudits({ url, fetchFn: fetchAsOwner });

test("the suite is the one we know", () => {
  assert.equal(audits.length, 61);
});

for (const { id, name, fn } of audits) {
  test(`${id} ${name}`, async () => {
    const result = await fn();
    assert.equal(result.status, "ok", result.reason);
  });
}
