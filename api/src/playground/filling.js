// What stands in an example's variables for what only the caller's own data can say, and what it comes to. The tests of
// clients fill the examples in with this file, as it is served.

// What there is of each kind: of conversations the one that was active last.
const SAMPLE = `{
  conversations(first: 1) { edges { node { id contact { id } } } }
}`;

// Days that a report or a bill is shown of, today included: of a whole year each line's events cost more than one
// operation may.
const DAYS = 30;

// `values` with real ids, days and keys in place of the words that stand for them. `answer` tells what the server has
// for a document; without a valid token the words of the ids stay, and say what belongs there.
export async function filledIn(values, { now, answer }) {
  const text = JSON.stringify(values);
  const day = (daysAgo) => new Date(now - daysAgo * 86_400_000).toISOString().slice(0, 10);
  const key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const known = { IDEMPOTENCY_KEY: key, FIRST_DAY: day(DAYS - 1), LAST_DAY: day(0) };
  if (/_ID"/.test(text)) Object.assign(known, sampleIds(await answer(SAMPLE)));
  return JSON.parse(text, (_, value) => (typeof value === "string" ? (known[value] ?? value) : value));
}

function sampleIds(data) {
  const conversation = data?.conversations?.edges[0]?.node;
  return { CONVERSATION_ID: conversation?.id, CONTACT_ID: conversation?.contact?.id };
}
