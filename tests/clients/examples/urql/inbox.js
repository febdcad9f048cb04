// The inbox with urql. In a React app import from `urql`: the client is the same, and the documents go to `useQuery` and
// `useMutation`.

import { Client, cacheExchange, fetchExchange, gql } from "@urql/core";

/** A client of the API at `url`. */
export function connect(url, token) {
  return new Client({
    url,
    // The cache by documents: a mutation has every query asked again that showed something of the same types.
    exchanges: [cacheExchange, fetchExchange],
    fetchOptions: { headers: { authorization: `Bearer ${token}` } },
    // urql asks short queries by GET unless told otherwise, and ids and cursors end up in the logs of proxies.
    preferGetMethod: false,
  });
}

const INBOX = gql`
  query Inbox($first: Int, $after: String, $last: Int, $before: String) {
    conversations(first: $first, after: $after, last: $last, before: $before) {
      edges {
        node {
          id
          status
          unreadCount
          lastActivityAt
          contact { id displayName }
          lastMessage { id text sentAt }
        }
      }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`;

const CONVERSATION = gql`
  query Conversation($id: ID!) {
    conversation(id: $id) {
      id
      status
      version
      contact { id displayName phone }
      messages(first: 50) {
        edges { node { id direction kind text sentAt } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`;

const RESOLVE = gql`
  mutation ResolveConversation($input: ResolveConversationInput!) {
    resolveConversation(input: $input) {
      conversation { id status version }
      userErrors { code message field }
      position
      stale
    }
  }
`;

async function ask(client, document, variables) {
  const { data, error } = await client.query(document, variables, { requestPolicy: "network-only" });
  if (error) throw error;
  return data;
}

async function page(client, variables) {
  const { edges, pageInfo } = (await ask(client, INBOX, variables)).conversations;
  return { conversations: edges.map(({ node }) => node), pageInfo };
}

/** The conversations that were active last. */
export const firstPage = (client, size) => page(client, { first: size });

/** Those after a page. */
export const nextPage = (client, size, { pageInfo }) => page(client, { first: size, after: pageInfo.endCursor });

/** Those before a page. */
export const previousPage = (client, size, { pageInfo }) => page(client, { last: size, before: pageInfo.startCursor });

/** A conversation with its messages, newest first; null when there is none with this id. */
export async function openConversation(client, id) {
  const opened = (await ask(client, CONVERSATION, { id })).conversation;
  if (!opened) return null;
  const { messages, ...conversation } = opened;
  return { ...conversation, messages: messages.edges.map(({ node }) => node) };
}

/**
 * Settles a conversation. Choose `idempotencyKey` when the user clicks and keep it for retries: it is done once, whatever
 * the network does. A refusal is data: show `userErrors` where the user is.
 */
export async function resolveConversation(client, input) {
  const { data, error } = await client.mutation(RESOLVE, { input });
  if (error) throw error;
  return data.resolveConversation;
}

/** The status that the inbox's first page shows, from the cache unless a mutation made that old. */
export async function statusInInbox(client, size, id) {
  const { data } = await client.query(INBOX, { first: size }, { requestPolicy: "cache-first" });
  return data.conversations.edges.find(({ node }) => node.id === id).node.status;
}

/** The codes of a request that failed as a whole: `UNAUTHENTICATED`, `BAD_USER_INPUT`, `RATE_LIMITED`... */
export function codes(error) {
  return error.graphQLErrors.map(({ extensions }) => extensions.code);
}
