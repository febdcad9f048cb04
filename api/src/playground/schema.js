// The schema, as the server tells it, to be looked through.

import { element, make } from "./page.js";

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

let introspect;
let schema = null;

// `asking` tells what the server answers to a document.
export function startSchema(asking) {
  introspect = asking;
  element("toggle-schema").addEventListener("click", () => toggleSchema(element("schema").hidden));
  element("close-schema").addEventListener("click", () => toggleSchema(false));
  element("reload-schema").addEventListener("click", loadSchema);
  element("search").addEventListener("input", () => schema && showSchema());
  element("schema").addEventListener("keydown", (event) => {
    if (event.key === "Escape") toggleSchema(false);
  });
  return {
    forget: () => (schema = null),
    showIfOpen: () => {
      if (!element("schema").hidden && !schema) loadSchema();
    },
  };
}

async function loadSchema() {
  const body = element("schema-body");
  body.replaceChildren(make("p", { textContent: "Loading…" }));
  try {
    const answer = await introspect(INTROSPECTION);
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
