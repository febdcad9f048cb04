// The inbox with Apollo Client 4. In a React app the same documents go to `useQuery` and `useMutation`.

import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, ServerError, gql } from "@apollo/client";

/** A client of the API at `url`. */
export function connect(url, token) {
  return new ApolloClient({
    link: new HttpLink({ uri: url, headers: { authorization: `Bearer ${token}` } }),
    // What is shown twice is kept once, by type and id. For a list that grows while one scrolls, pass
    // `typePolicies: { Query: { fields: { conversations: relayStylePagination(["filter", "orderBy"]) } } }`.
    cache: new InMemoryCache(),
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

// What the payload tells of the conversation goes into the cache by its id: every list that shows it is up to date.
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

async function page(client, variables) {
  const { data } = await client.query({ query: INBOX, variables, fetchPolicy: "network-only" });
  const { edges, pageInfo } = data.conversations;
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
  const { data } = await client.query({ query: CONVERSATION, variables: { id }, fetchPolicy: "network-only" });
  if (!data.conversation) return null;
  const { messages, ...conversation } = data.conversation;
  return { ...conversation, messages: messages.edges.map(({ node }) => node) };
}

/**
 * Settles a conversation. Choose `idempotencyKey` when the user clicks and keep it for retries: it is done once, whatever
 * the network does. A refusal is data: show `userErrors` where the user is.
 */
export async function resolveConversation(client, input) {
  const { data } = await client.mutate({ mutation: RESOLVE, variables: { input } });
  return data.resolveConversation;
}

/** The status that the inbox's first page shows, without asking the server. */
export async function statusInInbox(client, size, id) {
  const { data } = await client.query({ query: INBOX, variables: { first: size }, fetchPolicy: "cache-only" });
  return data.conversations.edges.find(({ node }) => node.id === id).node.status;
}

/** The codes of a request that failed as a whole: `UNAUTHENTICATED`, `BAD_USER_INPUT`, `RATE_LIMITED`... */
export function codes(error) {
  if (CombinedGraphQLErrors.is(error)) return error.errors.map(({ extensions }) => extensions.code);
  // Answers with another status than 200, as for a token that is not valid, hold the same errors in their body.
  if (ServerError.is(error)) return JSON.parse(error.bodyText).errors.map(({ extensions }) => extensions.code);
  return [];
}
