// The inbox with Relay. `relay-compiler` checks the documents against the schema and compiles them; relay.config.json says
// from where to where. In a React app the same documents go to `useLazyLoadQuery`, `usePaginationFragment` and
// `useMutation`.

import * as relay from "relay-runtime";

const { Environment, Network, RecordSource, Store, commitMutation, fetchQuery, graphql } = relay;
const { createOperationDescriptor, getFragment, getRequest, getSingularSelector } = relay;

/** An environment for the API at `url`. */
export function connect(url, token) {
  const network = Network.create(async ({ text, name }, variables) => {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json",
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ query: text, operationName: name, variables }),
    });
    const answer = await response.json();
    // Relay takes an answer without data for a failure, and tells it in words; the codes are for us to keep. An answer of
    // which nothing is there is one, too; what else failed is null beside what is there.
    const isThere = Object.values(answer.data ?? {}).some((field) => field !== null);
    if (answer.errors && !isThere) throw Object.assign(new Error(answer.errors[0].message), { errors: answer.errors });
    return answer;
  });
  return new Environment({ network, store: new Store(new RecordSource()) });
}

const InboxQuery = graphql`
  query inboxQuery($first: Int, $after: String, $last: Int, $before: String) {
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

const ConversationQuery = graphql`
  query inboxConversationQuery($id: ID!) {
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

// What the payload tells of the conversation goes into the store by its id: whatever shows it is up to date.
const ResolveMutation = graphql`
  mutation inboxResolveMutation($input: ResolveConversationInput!) {
    resolveConversation(input: $input) {
      conversation { id status version }
      userErrors { code message field }
      position
      stale
    }
  }
`;

// A list that grows while one scrolls: give the fragment to `usePaginationFragment`.
const ScrollQuery = graphql`
  query inboxScrollQuery($count: Int!) {
    ...inbox_conversations @arguments(count: $count)
  }
`;

const ScrollFragment = graphql`
  fragment inbox_conversations on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
  @refetchable(queryName: "inboxScrollPageQuery") {
    conversations(first: $count, after: $cursor) @connection(key: "inbox_conversations") {
      edges {
        node { id status contact { displayName } }
      }
    }
  }
`;

async function page(environment, variables) {
  const { edges, pageInfo } = (await fetchQuery(environment, InboxQuery, variables).toPromise()).conversations;
  return { conversations: edges.map(({ node }) => node), pageInfo };
}

/** The conversations that were active last. */
export const firstPage = (environment, size) => page(environment, { first: size });

/** Those after a page. */
export const nextPage = (environment, size, { pageInfo }) => page(environment, { first: size, after: pageInfo.endCursor });

/** Those before a page. */
export const previousPage = (environment, size, { pageInfo }) =>
  page(environment, { last: size, before: pageInfo.startCursor });

/** A conversation with its messages, newest first; null when there is none with this id. */
export async function openConversation(environment, id) {
  const opened = (await fetchQuery(environment, ConversationQuery, { id }).toPromise()).conversation;
  if (!opened) return null;
  const { messages, ...conversation } = opened;
  return { ...conversation, messages: messages.edges.map(({ node }) => node) };
}

/**
 * Settles a conversation. Choose `idempotencyKey` when the user clicks and keep it for retries: it is done once, whatever
 * the network does. A refusal is data: show `userErrors` where the user is.
 */
export function resolveConversation(environment, input) {
  return new Promise((resolve, reject) => {
    commitMutation(environment, {
      mutation: ResolveMutation,
      variables: { input },
      onCompleted: ({ resolveConversation: payload }) => resolve(payload),
      onError: reject,
    });
  });
}

/** The status that the inbox's first page shows, without asking the server. */
export function statusInInbox(environment, size, id) {
  const operation = createOperationDescriptor(getRequest(InboxQuery), { first: size });
  const { edges } = environment.lookup(operation.fragment).data.conversations;
  return edges.find(({ node }) => node.id === id).node.status;
}

/** The codes of a request that failed as a whole: `UNAUTHENTICATED`, `BAD_USER_INPUT`, `RATE_LIMITED`... */
export function codes(error) {
  return error.errors.map(({ extensions }) => extensions.code);
}

/** The list that grows, after `pages` pages of `size`: what `usePaginationFragment` does with `loadNext`. */
export async function scroll(environment, size, pages) {
  const operation = createOperationDescriptor(getRequest(ScrollQuery), { count: size });
  const retained = environment.retain(operation);
  await fetchQuery(environment, ScrollQuery, { count: size }).toPromise();
  const selector = getSingularSelector(ScrollFragment, environment.lookup(operation.fragment).data);
  const list = () => environment.lookup(selector).data.conversations;
  const { operation: pageQuery } = getFragment(ScrollFragment).metadata.refetch;
  for (let page = 1; page < pages; page += 1) {
    await fetchQuery(environment, pageQuery, { count: size, cursor: list().pageInfo.endCursor }).toPromise();
  }
  retained.dispose();
  return list().edges.map(({ node }) => node);
}
