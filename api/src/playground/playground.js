// The playground's behaviour. No library, no build: what is here is what runs.
import { onEditorKey } from "./editor.js";
import { filledIn } from "./filling.js";
import { element, make } from "./page.js";
import { startSchema } from "./schema.js";

const ENDPOINT = "/graphql";

const EXAMPLES = "/playground/examples";

const query = element("query");
const variables = element("variables");
const token = element("token");
const run = element("run");

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

// An example that was not touched names the newest of the caller's own things, which she may not have noticed.
function isToBeDone() {
  const example = chosenExample();
  if (!example?.changes) return true;
  return confirm(`“${example.title}” changes your data, and not only shows it: ${example.changes}. Run it?`);
}

async function runQuery() {
  const values = readVariables();
  if (values === undefined || !isToBeDone()) return;
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

// Examples

async function loadExamples() {
  const response = await fetch(`${EXAMPLES}.json`);
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  return response.json();
}

async function showExample({ file, variables: values }) {
  const response = await fetch(`${EXAMPLES}/${file}`);
  query.value = (await response.text()).trimEnd();
  variables.value = JSON.stringify(await filledIn(values, { now: Date.now(), answer }), null, 2);
  element("variables-problem").textContent = "";
  variables.removeAttribute("aria-invalid");
  remember();
}

// What the server has for a document, if it answers it.
async function answer(document) {
  return parse((await ask({ query: document })).text)?.data;
}

function remember() {
  remembered("leadflow.query", query.value);
  remembered("leadflow.variables", variables.value);
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

let known = [];

// The example that is on the page as it was shown.
function chosenExample() {
  const { value } = element("examples");
  return value === "" ? undefined : known[Number(value)];
}

function titleOf({ title, role, changes }) {
  const marks = [role === "OPERATOR" ? "for operators" : null, changes ? "changes data" : null].filter(Boolean);
  return marks.length ? `${title} (${marks.join(", ")})` : title;
}

async function startExamples() {
  const examples = element("examples");
  examples.append(make("option", { value: "", textContent: "Choose…" }));
  query.value = remembered("leadflow.query") ?? "";
  variables.value = remembered("leadflow.variables") ?? "";
  known = await loadExamples();
  known.forEach((example, index) => examples.append(make("option", { value: String(index), textContent: titleOf(example) })));
  const choose = () => showExample(chosenExample());
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

  const schema = startSchema(async (document) => parse((await ask({ query: document })).text));
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
    schema.forget();
  });
  token.addEventListener("change", schema.showIfOpen);
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
  query.focus();
}

start();
