// The server that with-server.js started, as the suites find it.

import { readFileSync } from "node:fs";

function told(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run this beneath with-server.js`);
  return value;
}

export const url = told("LEADFLOW_URL");
export const token = told("LEADFLOW_TOKEN");
export const operatorToken = told("LEADFLOW_OPERATOR_TOKEN");

/** Where the repository's own files are found. */
export const repository = new URL("../../../", import.meta.url);

/** The checked-in schema. */
export const sdl = readFileSync(new URL("schema.graphql", repository), "utf8");

/** A well-formed id that names nothing. Clients take ids as they come; only a test makes one up. */
export const idOfNobody = Buffer.from("Conversation:00000000-0000-4000-8000-000000000000").toString("base64url");

/** `fetch` with the owner's token. */
export function fetchAsOwner(input, init = {}) {
  return fetchWith(token, input, init);
}

function fetchWith(secret, input, init) {
  const headers = new Headers(init.headers);
  headers.set("authorization", `Bearer ${secret}`);
  return fetch(input, { ...init, headers });
}

/** What the server answers an owner to a document, as it stands in the body. */
export async function ask(query, variables = {}, more = {}) {
  return askWith(token, query, variables, more);
}

/** What it answers whoever has this token. */
export async function askWith(secret, query, variables = {}, more = {}) {
  const response = await fetchWith(secret, url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
    body: JSON.stringify({ query, variables, ...more }),
  });
  return response.json();
}
