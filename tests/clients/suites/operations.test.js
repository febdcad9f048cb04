// The example operations of docs/examples: each is valid, is answered without an error, and tells what it costs.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { after, before, test } from "node:test";

import { buildSchema, parse, validate } from "graphql";

import { ask, repository, sdl } from "../harness/server.js";

const EXAMPLES = new URL("docs/examples/", repository);
const read = (file) => readFileSync(new URL(file, EXAMPLES), "utf8");
const index = JSON.parse(read("index.json"));
const schema = buildSchema(sdl);

const costs = [];
let known;

before(async () => {
  const { data } = await ask(`{
    conversations(last: 1) { edges { node { id contact { id } } } }
    leads(first: 1) { edges { node { id } } }
  }`);
  const conversation = data.conversations.edges[0].node;
  known = {
    CONVERSATION_ID: conversation.id,
    CONTACT_ID: conversation.contact.id,
    LEAD_ID: data.leads.edges[0].node.id,
    IDEMPOTENCY_KEY: randomUUID(),
    // Around the recorded day.
    FIRST_DAY: "2026-11-01",
    LAST_DAY: "2026-11-30",
  };
});

/** The values with what the words in them stand for. */
function filledIn(values) {
  return JSON.parse(JSON.stringify(values), (_, value) => (typeof value === "string" ? (known[value] ?? value) : value));
}

/** Whether there is anything in it: an operation that finds nothing shows nothing. */
function isEmpty(value) {
  if (value === null || typeof value !== "object") return value === null;
  return Object.values(value).every(isEmpty);
}

test("every document is in the index", () => {
  const documents = readdirSync(EXAMPLES).filter((name) => name.endsWith(".graphql"));
  assert.deepEqual(index.map(({ file }) => file).toSorted(), documents.toSorted());
});

for (const { file, title, variables } of index) {
  test(`${file}: ${title}`, async () => {
    const document = read(file);
    assert.deepEqual(validate(schema, parse(document)).map(({ message }) => message), []);
    const { data, errors, extensions } = await ask(document, filledIn(variables));
    assert.equal(errors, undefined);
    for (const [field, value] of Object.entries(data)) {
      assert.ok(!isEmpty(value), `${field} shows something`);
      assert.deepEqual(value.userErrors ?? [], [], field);
    }
    const { requestedQueryCost, actualQueryCost, throttleStatus } = extensions.cost;
    assert.ok(actualQueryCost > 0 && actualQueryCost <= requestedQueryCost, `${actualQueryCost} of ${requestedQueryCost}`);
    assert.ok(requestedQueryCost <= throttleStatus.maximumAvailable);
    costs.push({ operation: file, requested: requestedQueryCost, actual: actualQueryCost });
  });
}

after(() => console.table(costs));
