// The checked-in schema is what the server tells of itself, and keeps the conventions that graphql-schema-linter knows.

import assert from "node:assert/strict";
import { test } from "node:test";

import { buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema } from "graphql";
import linter from "graphql-schema-linter";

import { ask, sdl } from "../harness/server.js";

// All rules but the four `*-sorted-alphabetically`: members stand in the order in which people read them, what matters
// first; the alphabet would put RESOLVED before SNOOZED and say nothing by it.
const RULES = [
  "arguments-have-descriptions",
  "defined-types-are-used",
  "deprecations-have-a-reason",
  "descriptions-are-capitalized",
  "enum-values-all-caps",
  "enum-values-have-descriptions",
  "fields-are-camel-cased",
  "fields-have-descriptions",
  "input-object-values-are-camel-cased",
  "input-object-values-have-descriptions",
  "relay-connection-arguments-spec",
  "relay-connection-types-spec",
  "relay-page-info-spec",
  "types-are-capitalized",
  "types-have-descriptions",
];

function lint(definition) {
  const configuration = new linter.configuration.Configuration({ definition }, { rules: RULES });
  const rules = configuration.getRules();
  assert.equal(rules.length, RULES.length, "every rule is found by its name");
  return linter.validator
    .validateSchemaDefinition({ definition }, rules, configuration)
    .map(({ locations, message, ruleName }) => `line ${locations[0].line}: ${message} (${ruleName})`);
}

test("the schema passes the lint", () => {
  assert.deepEqual(lint(sdl), []);
});

test("the lint sees what is wrong", () => {
  const found = lint('"Asks." type Query { things(first: Int): [String] }').join("\n");
  assert.match(found, /arguments-have-descriptions/);
  assert.match(found, /fields-have-descriptions/);
});

test("the server's introspection is the checked-in schema", async () => {
  const { data, errors } = await ask(getIntrospectionQuery());
  assert.equal(errors, undefined);
  const lines = (schema) => printSchema(lexicographicSortSchema(schema)).split("\n");
  const [told, checkedIn] = [lines(buildClientSchema(data)), lines(buildSchema(sdl))];
  const beyond = (some, others) => some.filter((line) => !others.includes(line));
  assert.deepEqual({ toldOnly: beyond(told, checkedIn), checkedInOnly: beyond(checkedIn, told) }, { toldOnly: [], checkedInOnly: [] });
  assert.equal(told.length, checkedIn.length);
});
