// Schemathesis: operations made up from the schema, sent to the server; none may be answered 5xx.
//
// Bounded by a count for each operation. The seed is printed; LEADFLOW_SEED has a run again.

import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { ask, token, url } from "../harness/server.js";

/** Of each query and mutation. */
const EXAMPLES = 20;
const SCHEMATHESIS = fileURLToPath(new URL("../.venv/bin/schemathesis", import.meta.url));
const HOOKS = fileURLToPath(new URL("hooks.py", import.meta.url));

if (!existsSync(SCHEMATHESIS)) {
  console.error("Schemathesis is not installed: see tests/clients/README.md");
  process.exit(1);
}
const seed = process.env.LEADFLOW_SEED ?? String(randomInt(2 ** 32));
console.log(`seed ${seed}: LEADFLOW_SEED=${seed} has this run again`);

const place = mkdtempSync(path.join(tmpdir(), "leadflow-schemathesis-"));
try {
  const configuration = path.join(place, "schemathesis.toml");
  writeFileSync(configuration, await dictionaries());
  const { status, error } = spawnSync(
    SCHEMATHESIS,
    [
      "--config-file", configuration,
      "run", url,
      "--header", `Authorization: Bearer ${token}`,
      "--checks", "no_fault_of_ours",
      "--max-examples", String(EXAMPLES),
      "--seed", seed,
      "--continue-on-failure",
      "--request-timeout", "30",
      "--generation-database", "none",
      "--no-color",
    ],
    { stdio: "inherit", cwd: place, env: { ...process.env, SCHEMATHESIS_HOOKS: HOOKS } },
  );
  if (error) throw error;
  process.exitCode = status ?? 1;
} finally {
  rmSync(place, { recursive: true });
}

/** Words of ours among the made-up ones, so that operations get past "there is no such id" and read and write rows. */
async function dictionaries() {
  const { data } = await ask(`{
    conversations(first: 100) { edges { node { id contact { id phone } channel { id } lastMessage { id } } } }
    leads(first: 100) { edges { node { id } } }
  }`);
  const conversations = data.conversations.edges.map(({ node }) => node);
  const ids = {
    conversations: conversations.map(({ id }) => id),
    leads: data.leads.edges.map(({ node }) => node.id),
    contacts: conversations.map(({ contact }) => contact.id),
    channels: conversations.slice(0, 1).map(({ channel }) => channel.id),
    messages: conversations.map(({ lastMessage }) => lastMessage.id),
  };
  const values = {
    ...ids,
    anything: Object.values(ids).flat(),
    phones: conversations.map(({ contact }) => contact.phone),
    zones: ["Europe/Rome", "UTC", "America/Sao_Paulo"],
    keys: ["one key", "another key"],
    sizes: [0, 1, 5, 100],
  };
  const bindings = {
    "Query.conversation.id": ["conversations", 0.7],
    "Query.lead.id": ["leads", 0.7],
    "Query.node.id": ["anything", 0.8],
    "Query.nodes.ids[*]": ["anything", 0.8],
    "Query.history.id": ["anything", 0.8],
    "Query.contact.id": ["contacts", 0.7],
    "Query.contactByPhone.phone": ["phones", 0.5],
    "*.*.range.timeZone": ["zones", 0.9],
    "*.*.first": ["sizes", 0.8],
    "*.*.last": ["sizes", 0.3],
    "Mutation.*.input.conversationId": ["conversations", 0.7],
    "Mutation.*.input.leadId": ["leads", 0.7],
    // Sometimes, so that not all are gone before the others had their turn.
    "Mutation.*.input.contactId": ["contacts", 0.05],
    "Mutation.*.input.idempotencyKey": ["keys", 0.2],
  };
  const toml = Object.entries(values).map(([name, list]) => `[dictionaries.${name}]\nvalues = ${JSON.stringify(list)}\n`);
  const bound = Object.entries(bindings).map(
    ([argument, [dictionary, probability]]) =>
      `${JSON.stringify(argument)} = { dictionary = "${dictionary}", probability = ${probability} }`,
  );
  return `${toml.join("\n")}\n[parameters]\n${bound.join("\n")}\n`;
}
