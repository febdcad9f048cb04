// The examples for dashboard developers, against the server: three clients, one story.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";

import * as apollo from "../examples/apollo/inbox.js";
import { build } from "../examples/relay/build.js";
import * as urql from "../examples/urql/inbox.js";
import { idOfNobody, token, url } from "../harness/server.js";

const relay = await import(pathToFileURL(build()));

/** The recorded day's. */
const CONVERSATIONS = 14;
const SIZE = 5;
/** The first of the inbox whose customer wrote nothing after the recorded day: it stays as it is. */
const RECORDED = 3;
const NOBODYS_TOKEN = "a token that nobody issued";

const ids = ({ conversations }) => conversations.map(({ id }) => id);

// Each settles another conversation, the `mine`th of the inbox.
for (const [mine, [name, example]] of Object.entries({ apollo, urql, relay }).entries()) {
  describe(name, () => {
    let client;
    before(() => {
      client = example.connect(url, token);
    });

    test("the inbox is paged to its end and back", async () => {
      const first = await example.firstPage(client, SIZE);
      const second = await example.nextPage(client, SIZE, first);
      const third = await example.nextPage(client, SIZE, second);
      const all = [first, second, third].flatMap(ids);
      assert.equal(new Set(all).size, CONVERSATIONS);
      assert.equal(all.length, CONVERSATIONS);
      assert.deepEqual(
        [first, second, third].map(({ pageInfo }) => [pageInfo.hasPreviousPage, pageInfo.hasNextPage]),
        [[false, true], [true, true], [true, false]],
      );
      const back = await example.previousPage(client, SIZE, third);
      assert.deepEqual(ids(back), ids(second));
      const start = await example.previousPage(client, SIZE, back);
      assert.deepEqual(ids(start), ids(first));
      assert.equal(start.pageInfo.hasPreviousPage, false);
      const times = [first, second, third].flatMap(({ conversations }) => conversations.map((one) => Date.parse(one.lastActivityAt)));
      assert.deepEqual(times, times.toSorted((earlier, later) => later - earlier));
      assert.equal(first.conversations[RECORDED].contact.displayName, "James Carter");
    });

    test("a conversation is opened", async () => {
      const { conversations } = await example.firstPage(client, SIZE);
      const opened = await example.openConversation(client, conversations[RECORDED].id);
      assert.equal(opened.contact.phone, "+12125550114");
      assert.equal(opened.messages.length, 5);
      assert.equal(opened.messages[0].text, conversations[RECORDED].lastMessage.text);
      assert.ok(opened.messages.every(({ direction }) => direction === "INBOUND"));
    });

    test("what does not exist is null, and no error", async () => {
      assert.equal(await example.openConversation(client, idOfNobody), null);
    });

    test("a conversation is resolved once, however often it is sent", async () => {
      const { conversations } = await example.firstPage(client, SIZE);
      const { id } = conversations[mine];
      assert.equal(await example.statusInInbox(client, SIZE, id), "OPEN");
      const { version } = await example.openConversation(client, id);
      const input = { conversationId: id, expectedVersion: version, idempotencyKey: randomUUID() };
      const done = await example.resolveConversation(client, input);
      assert.deepEqual(done.userErrors, []);
      assert.deepEqual([done.conversation.id, done.conversation.status, done.stale], [id, "RESOLVED", null]);
      assert.equal(done.conversation.version, version + 1);
      assert.equal(await example.statusInInbox(client, SIZE, id), "RESOLVED");
      const again = await example.resolveConversation(client, input);
      assert.deepEqual([again.userErrors, again.position], [[], done.position]);
    });

    test("refusals are data: another request with the same key, a version of before, an id of nobody", async () => {
      const { conversations } = await example.firstPage(client, SIZE);
      const [settled, other] = [conversations[mine].id, conversations[SIZE - 1].id];
      const idempotencyKey = randomUUID();
      await example.resolveConversation(client, { conversationId: settled, idempotencyKey });
      const refused = async (input) => {
        const { userErrors, conversation } = await example.resolveConversation(client, input);
        assert.ok(userErrors.every(({ message }) => message.length > 0));
        return [userErrors.map(({ code }) => code), conversation?.id];
      };
      assert.deepEqual(await refused({ conversationId: other, idempotencyKey }), [["IDEMPOTENCY_KEY_REUSED"], undefined]);
      assert.deepEqual(await refused({ conversationId: other, expectedVersion: 1 }), [["CONFLICT"], other]);
      assert.deepEqual(await refused({ conversationId: idOfNobody }), [["NOT_FOUND"], undefined]);
    });

    test("a request that fails as a whole tells its code", async () => {
      const stranger = example.connect(url, NOBODYS_TOKEN);
      const code = (error) => example.codes(error)[0];
      await assert.rejects(example.firstPage(stranger, SIZE), (error) => code(error) === "UNAUTHENTICATED");
      await assert.rejects(example.firstPage(client, 101), (error) => code(error) === "BAD_USER_INPUT");
    });
  });
}

test("relay's connection grows page by page", async () => {
  const environment = relay.connect(url, token);
  const list = await relay.scroll(environment, SIZE, 3);
  assert.equal(list.length, CONVERSATIONS);
  assert.equal(new Set(list.map(({ id }) => id)).size, CONVERSATIONS);
});
