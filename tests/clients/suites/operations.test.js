// The example operations of docs/examples: each is valid, is answered without an error, and tells what it costs.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { after, before, test } from "node:test";

import { buildSchema, parse, validate } from "graphql";

import { ask, askWith, operatorToken, repository, sdl, token, url } from "../harness/server.js";

const EXAMPLES = new URL("docs/examples/", repository);
const read = (file) => readFileSync(new URL(file, EXAMPLES), "utf8");
const index = JSON.parse(read("index.json"));
const schema = buildSchema(sdl);

const costs = [];
let filledIn;

before(async () => {
  // The page's own file, as the page gets it: what it makes of the variables is what is run here.
  const served = await fetch(new URL("/playground/filling.js", url));
  const page = await import(`data:text/javascript,${encodeURIComponent(await served.text())}`);
  // The recorded day is among the latest then.
  const now = Date.parse("2026-11-30T12:00:00Z");
  const answer = async (document) => (await ask(document)).data;
  filledIn = (values) => page.filledIn(values, { now, answer });
});

/** Whether there is nothing in it: an operation that finds nothing shows nothing. */
function isEmpty(value) {
  if (value === null || typeof value !== "object") return value === null;
  return Object.values(value).every(isEmpty);
}

test("every document is in the index", () => {
  const documents = readdirSync(EXAMPLES).filter((name) => name.endsWith(".graphql"));
  assert.deepEqual(index.map(({ file }) => file).toSorted(), documents.toSorted());
});

for (const { file, title, role, changes, variables } of index) {
  test(`${file}: ${title}`, async () => {
    const document = read(file);
    assert.deepEqual(validate(schema, parse(document)).map(({ message }) => message), []);
    assert.equal(document.includes("\nmutation "), changes !== undefined, "what changes data says what it does");
    const values = await filledIn(variables);
    assert.doesNotMatch(JSON.stringify(values), /"[A-Z]+_[A-Z]+"/, "every word is filled in");
    const { data, errors, extensions } = await askWith(role === "OPERATOR" ? operatorToken : token, document, values);
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
