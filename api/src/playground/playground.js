// The playground's behaviour. No library, no build: what is here is what runs.
"use strict";

const ENDPOINT = "/graphql";

const EXAMPLES = "/playground/examples";

const INTROSPECTION = `query Introspection {
  __schema {
    queryType { name }
    mutationType { name }
    subscriptionType { name }
    types {
      kind name description
      fields(includeDeprecated: true) {
        name description isDeprecated deprecationReason
        args { name description defaultValue type { ...TypeRef } }
        type { ...TypeRef }
      }
      inputFields { name description defaultValue type { ...TypeRef } }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      possibleTypes { name }
    }
  }
}
fragment TypeRef on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }
}`;

function element(id) {
  return document.getElementById(id);
}

const query = element("query");
const variables = element("variables");
const token = element("token");
const run = element("run");

// Builds elements from text only, so that nothing a server says can become markup.
function make(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  Object.assign(made, properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}

// Storage can be forbidden altogether; the page then forgets, and works.
function remembered(key, value) {
  try {
    if (value !== undefined) sessionStorage.setItem(key, value);
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

// Requests

async function ask(body, signal) {
  const headers = {
    "content-type": "application/json",
    accept: "application/graphql-response+json, application/json;q=0.9",
  };
  const secret = token.value.trim();
  if (secret) headers.authorization = `Bearer ${secret}`;
  const started = performance.now();
  const response = await fetch(ENDPOINT, { method: "POST", headers, body: JSON.stringify(body), signal });
  const text = await response.text();
  return { response, text, took: performance.now() - started };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readVariables() {
  const problem = element("variables-problem");
  problem.textContent = "";
  variables.removeAttribute("aria-invalid");
  const text = variables.value.trim();
  if (!text) return {};
  try {
    const value = JSON.parse(text);
    if (value === null || (typeof value === "object" && !Array.isArray(value))) return value ?? {};
    problem.textContent = "Variables must be an object.";
  } catch (error) {
    problem.textContent = error.message;
  }
  variables.setAttribute("aria-invalid", "true");
  variables.focus();
  return undefined;
}

// In a document with several operations, the one that the cursor is in.
function chosenOperation() {
  const found = [...query.value.matchAll(/^[ \t]*(?:query|mutation|subscription)\s+([_A-Za-z]\w*)/gm)];
  if (found.length < 2) return undefined;
  const before = found.filter((match) => match.index <= query.selectionStart);
  return (before.at(-1) ?? found[0])[1];
}

let running = null;

async function runQuery() {
  const values = readVariables();
  if (values === undefined) return;
  running?.abort();
  const mine = (running = new AbortController());
  run.disabled = true;
  showStatus("running…", "");
  try {
    const body = { query: query.value, variables: values, operationName: chosenOperation() };
    const { response, text, took } = await ask(body, mine.signal);
    const value = parse(text);
    const failed = !response.ok || value?.errors !== undefined;
    const words = [`${response.status} ${response.statusText}`.trim(), `${Math.round(took)} ms`, size(text), cost(value)];
    showStatus(words.filter(Boolean).join(" · "), failed ? "bad" : "good");
    showProblems(value);
    showResponse(value === undefined ? text : JSON.stringify(value, null, 2));
  } catch (error) {
    if (error.name === "AbortError") return;
    showStatus("no answer", "bad");
    showProblems(null);
    showResponse(`The server could not be reached: ${error.message}`);
  } finally {
    if (running === mine) {
      running = null;
      run.disabled = false;
    }
  }
}

function size(text) {
  const bytes = new TextEncoder().encode(text).length;
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`;
}

// What the operation cost, and what the tenant's budget has left.
function cost(answer) {
  const told = answer?.extensions?.cost;
  if (!told) return null;
  const { currentlyAvailable: left, maximumAvailable: most } = told.throttleStatus ?? {};
  return `cost ${told.actualQueryCost ?? told.requestedQueryCost}${left === undefined ? "" : `, ${left} of ${most} left`}`;
}

// What went wrong and what was refused, in words and above the answer, where long answers don't hide it.
function showProblems(answer) {
  const failed = (answer?.errors ?? []).map((error) => {
    const { code, requestId } = error.extensions ?? {};
    const about = [error.path?.join("."), requestId ? `request ${requestId}` : null];
    return problem(code ?? "ERROR", error.message, about);
  });
  const refused = refusals(answer?.data, []).map(({ code, message, field }) => problem(code, message, [field]));
  element("problems").replaceChildren(...failed, ...refused);
  element("problems").hidden = failed.length + refused.length === 0;
}

function problem(code, message, about) {
  const quiet = about.filter(Boolean).join(" · ");
  return make("li", {}, make("code", { textContent: code }), ` ${message} `, make("span", { className: "quiet", textContent: quiet }));
}

// The userErrors of every mutation in the answer.
function refusals(value, found) {
  if (value === null || typeof value !== "object") return found;
  for (const [key, inner] of Object.entries(value)) {
    if (key === "userErrors" && Array.isArray(inner)) found.push(...inner);
    else refusals(inner, found);
  }
  return found;
}

function showStatus(words, mood) {
  const status = element("status");
  status.textContent = words;
  status.className = `status ${mood}`;
}

// Colouring every token of a large answer takes longer than reading it.
const MAX_COLOURED = 200_000;

function showResponse(text) {
  const response = element("response");
  response.replaceChildren(...(text.length > MAX_COLOURED ? [text] : coloured(text)));
  response.scrollTop = 0;
  element("copy").hidden = false;
}

function coloured(json) {
  const token = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
  const parts = [];
  let end = 0;
  for (const match of json.matchAll(token)) {
    const [all, string, colon, word] = match;
    const kind = string ? (colon ? "key" : "string") : word ? "word" : "number";
    parts.push(json.slice(end, match.index));
    parts.push(make("span", { className: kind, textContent: string ?? all }), colon ?? "");
    end = match.index + all.length;
  }
  parts.push(json.slice(end));
  return parts;
}

// Editing

const INDENT = "  ";
let leaving = false;

// Esc gives Tab back to the browser once, so that the keyboard is never caught in the editor.
function onEditorKey(event) {
  const editor = event.currentTarget;
  if (event.key === "Escape") {
    leaving = true;
    return;
  }
  if (event.key === "Tab" && !leaving && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    shiftLines(editor, event.shiftKey);
  } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.isComposing) {
    event.preventDefault();
    breakLine(editor);
  }
  if (event.key !== "Shift") leaving = false;
}

// The one way of changing a textarea that keeps its undo; deprecated, and without a successor.
function insert(editor, text) {
  const inserted = text === "" ? document.execCommand("delete") : document.execCommand("insertText", false, text);
  if (!inserted) editor.setRangeText(text, editor.selectionStart, editor.selectionEnd, "end");
}

function shiftLines(editor, outwards) {
  const { selectionStart: start, selectionEnd: end, value } = editor;
  if (!outwards && start === end) {
    insert(editor, INDENT);
    return;
  }
  const from = value.lastIndexOf("\n", start - 1) + 1;
  const lines = value.slice(from, end);
  const shifted = outwards ? lines.replace(/^ {1,2}/gm, "") : lines.replace(/^(?=.)/gm, INDENT);
  if (shifted === lines) return;
  const firstLine = (text) => text.split("\n", 1)[0].length;
  const moved = firstLine(shifted) - firstLine(lines);
  editor.setSelectionRange(from, end);
  insert(editor, shifted);
  editor.setSelectionRange(Math.max(from, start + moved), from + shifted.length);
}

function breakLine(editor) {
  const { selectionStart: start, value } = editor;
  const line = value.slice(value.lastIndexOf("\n", start - 1) + 1, start);
  const indent = /^ */.exec(line)[0];
  insert(editor, `\n${indent}${/[{[(]\s*$/.test(line) ? INDENT : ""}`);
}

// Examples

// Words in an example's variables that only the caller's own data can say.
const SAMPLE = `{
  conversations(first: 1) { edges { node { id contact { id } } } }
  leads(first: 1) { edges { node { id } } }
}`;

async function loadExamples() {
  const response = await fetch(`${EXAMPLES}.json`);
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  return response.json();
}

async function showExample({ file, variables: values }) {
  const response = await fetch(`${EXAMPLES}/${file}`);
  query.value = (await response.text()).trimEnd();
  variables.value = JSON.stringify(await filledIn(values), null, 2);
  element("variables-problem").textContent = "";
  variables.removeAttribute("aria-invalid");
  remember();
}

// The values with real ids, days and keys in place of the words that stand for them; without a valid token the words of
// the ids stay, and say what belongs there.
async function filledIn(values) {
  const text = JSON.stringify(values);
  const day = (daysAgo) => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);
  const key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const known = { IDEMPOTENCY_KEY: key, FIRST_DAY: day(364), LAST_DAY: day(0) };
  if (/_ID"/.test(text)) Object.assign(known, await sampleIds());
  return JSON.parse(text, (_, value) => (typeof value === "string" ? (known[value] ?? value) : value));
}

async function sampleIds() {
  const { text } = await ask({ query: SAMPLE });
  const data = parse(text)?.data;
  const conversation = data?.conversations?.edges[0]?.node;
  return {
    CONVERSATION_ID: conversation?.id,
    CONTACT_ID: conversation?.contact?.id,
    LEAD_ID: data?.leads?.edges[0]?.node.id,
  };
}

function remember() {
  remembered("leadflow.query", query.value);
  remembered("leadflow.variables", variables.value);
}

// The schema

let schema = null;

async function loadSchema() {
  const body = element("schema-body");
  body.replaceChildren(make("p", { textContent: "Loading…" }));
  try {
    const { text } = await ask({ query: INTROSPECTION });
    const answer = parse(text);
    schema = answer?.data?.__schema ?? null;
    if (schema) showSchema();
    else body.replaceChildren(make("p", { textContent: answer?.errors?.[0]?.message ?? "The server told no schema." }));
  } catch (error) {
    body.replaceChildren(make("p", { textContent: `The server could not be reached: ${error.message}` }));
  }
}

function typeName(type) {
  if (type.kind === "NON_NULL") return `${typeName(type.ofType)}!`;
  if (type.kind === "LIST") return `[${typeName(type.ofType)}]`;
  return type.name;
}

function innermost(type) {
  return type.ofType ? innermost(type.ofType) : type.name;
}

function typeLink(type) {
  const link = make("button", { type: "button", className: "type", textContent: typeName(type) });
  link.addEventListener("click", () => reveal(innermost(type)));
  return link;
}

function reveal(name) {
  element("search").value = "";
  showSchema();
  const found = element("schema-body").querySelector(`[data-type="${CSS.escape(name)}"]`);
  if (!found) return;
  found.open = true;
  found.scrollIntoView({ block: "start" });
  found.querySelector("summary").focus({ preventScroll: true });
}

function signature(field) {
  const code = make("code", {}, make("span", { className: field.isDeprecated ? "deprecated" : "", textContent: field.name }));
  if (field.args?.length) {
    code.append("(");
    field.args.forEach((arg, index) => code.append(index ? ", " : "", `${arg.name}: `, typeLink(arg.type)));
    code.append(")");
  }
  if (field.type) code.append(": ", typeLink(field.type));
  if (field.defaultValue) code.append(` = ${field.defaultValue}`);
  return code;
}

function member(field) {
  const told = [field.description, field.isDeprecated ? `Deprecated: ${field.deprecationReason}` : null];
  const notes = told.filter(Boolean).map((textContent) => make("p", { textContent }));
  return make("li", {}, signature(field), ...notes);
}

function membersOf(type) {
  const possible = type.kind === "UNION" || type.kind === "INTERFACE" ? type.possibleTypes : null;
  return [
    ...(type.fields ?? []),
    ...(type.inputFields ?? []),
    ...(type.enumValues ?? []),
    ...(possible ?? []).map((one) => ({ name: "", type: { kind: "OBJECT", name: one.name } })),
  ];
}

function matches(thing, words) {
  return `${thing.name} ${thing.description ?? ""}`.toLowerCase().includes(words);
}

function showSchema() {
  const words = element("search").value.trim().toLowerCase();
  const roots = [schema.queryType, schema.mutationType, schema.subscriptionType].map((root) => root?.name);
  const rank = (type) => (roots.includes(type.name) ? roots.indexOf(type.name) : roots.length);
  const types = schema.types
    .filter((type) => !type.name.startsWith("__"))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  const shown = [];
  for (const type of types) {
    const members = membersOf(type);
    const found = words && !matches(type, words) ? members.filter((one) => matches(one, words)) : members;
    if (words && !found.length && !matches(type, words)) continue;
    const kind = type.kind.toLowerCase().replace("_", " ");
    const details = make(
      "details",
      { open: words !== "" || type.name === roots[0] },
      make("summary", {}, type.name, make("span", { className: "quiet", textContent: kind })),
      type.description ? make("p", { textContent: type.description }) : null,
      make("ul", {}, ...found.map(member)),
    );
    details.dataset.type = type.name;
    shown.push(details);
  }
  element("schema-body").replaceChildren(...(shown.length ? shown : [make("p", { textContent: "Nothing found." })]));
}

function toggleSchema(open) {
  element("schema").hidden = !open;
  element("toggle-schema").setAttribute("aria-expanded", String(open));
  document.querySelector("main").classList.toggle("with-schema", open);
  if (!open) element("toggle-schema").focus();
  else {
    element("search").focus();
    if (!schema) loadSchema();
  }
}

// Start

// `#token=...` is for links from the CLI. A fragment is never sent to a server; once read, it also leaves the address
// bar and the history.
function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given !== null) {
    history.replaceState(null, "", location.pathname + location.search);
    remembered("leadflow.token", given);
  }
  token.value = given ?? remembered("leadflow.token") ?? "";
}

async function startExamples() {
  const examples = element("examples");
  examples.append(make("option", { value: "", textContent: "Choose…" }));
  query.value = remembered("leadflow.query") ?? "";
  variables.value = remembered("leadflow.variables") ?? "";
  const known = await loadExamples();
  known.forEach((example, index) => examples.append(make("option", { value: String(index), textContent: example.title })));
  const choose = () => showExample(known[Number(examples.value)]);
  examples.addEventListener("change", () => {
    if (examples.value !== "") choose().catch((error) => showStatus(`no example: ${error.message}`, "bad"));
  });
  if (query.value === "") {
    examples.value = "0";
    await choose();
  }
}

function start() {
  takeToken();
  addEventListener("hashchange", takeToken);

  startExamples().catch((error) => showStatus(`the examples could not be loaded: ${error.message}`, "bad"));

  for (const editor of [query, variables]) {
    editor.addEventListener("keydown", onEditorKey);
    editor.addEventListener("input", () => {
      element("examples").value = "";
      remember();
    });
  }
  token.addEventListener("input", () => {
    remembered("leadflow.token", token.value.trim());
    schema = null;
  });
  token.addEventListener("change", () => {
    if (!element("schema").hidden && !schema) loadSchema();
  });
  run.addEventListener("click", runQuery);
  addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    runQuery();
  });
  element("copy").addEventListener("click", async () => {
    const copy = element("copy");
    try {
      await navigator.clipboard.writeText(element("response").textContent);
      copy.textContent = "Copied";
    } catch {
      copy.textContent = "Not allowed";
    }
    setTimeout(() => (copy.textContent = "Copy"), 1500);
  });
  element("toggle-schema").addEventListener("click", () => toggleSchema(element("schema").hidden));
  element("close-schema").addEventListener("click", () => toggleSchema(false));
  element("reload-schema").addEventListener("click", loadSchema);
  element("search").addEventListener("input", () => schema && showSchema());
  element("schema").addEventListener("keydown", (event) => {
    if (event.key === "Escape") toggleSchema(false);
  });
  query.focus();
}

start();
