// What the page's parts share: its elements.

export function element(id) {
  return document.getElementById(id);
}

// Builds elements from text only, so that nothing a server says can become markup.
export function make(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  Object.assign(made, properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}
