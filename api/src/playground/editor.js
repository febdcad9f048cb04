// What the keys do in the two editors.

const INDENT = "  ";
let leaving = false;

// Esc gives Tab back to the browser once, so that the keyboard is never caught in the editor.
export function onEditorKey(event) {
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
