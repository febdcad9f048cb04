// There are no subscriptions yet: a client that asks for a WebSocket is told so at once, and is not left waiting.

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";

import { createClient } from "graphql-ws";
import WebSocket from "ws";

import { token, url } from "../harness/server.js";

const socketUrl = url.replace(/^http/, "ws");
const headers = { authorization: `Bearer ${token}` };

test("graphql-ws's client gives up at once", { timeout: 5_000 }, async () => {
  class Authorized extends WebSocket {
    constructor(address, protocols) {
      super(address, protocols, { headers });
    }
  }
  const client = createClient({ url: socketUrl, webSocketImpl: Authorized, retryAttempts: 0 });
  const refused = await new Promise((resolve) => {
    client.subscribe({ query: "subscription { __typename }" }, {
      next: () => resolve("an answer"),
      complete: () => resolve("the end"),
      error: resolve,
    });
  });
  await client.dispose();
  assert.match(String(refused.message), /Unexpected server response: 4\d\d/);
});

for (const protocol of ["graphql-transport-ws", "graphql-ws"]) {
  test(`a handshake of ${protocol} is refused by a status, with a reason`, { timeout: 5_000 }, async () => {
    const socket = new WebSocket(socketUrl, protocol, { headers });
    socket.on("error", () => {});
    const [, response] = await once(socket, "unexpected-response");
    assert.ok(response.statusCode >= 400 && response.statusCode < 500, `status ${response.statusCode}`);
    let text = "";
    for await (const chunk of response.setEncoding("utf8")) text += chunk;
    const [error] = JSON.parse(text).errors;
    assert.equal(error.extensions.code, "BAD_USER_INPUT");
    assert.ok(error.message.length > 0);
    assert.ok(error.extensions.requestId);
  });
}

test("a subscription by POST is refused too", async () => {
  const response = await fetch(url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", accept: "application/graphql-response+json" },
    body: JSON.stringify({ query: "subscription { __typename }" }),
  });
  assert.equal(response.status, 400);
  const [error] = (await response.json()).errors;
  assert.equal(error.extensions.code, "BAD_USER_INPUT");
  assert.match(error.message, /subscription/i);
});
