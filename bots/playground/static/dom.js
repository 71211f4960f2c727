// Builds and updates the page. Text only ever goes in as text nodes.

const SVG = "http://www.w3.org/2000/svg";

/** An element: h("div.card.big", {onclick, style: {…}, "aria-label": …}, "text", child, [children], null) */
export function h(what, props = {}, ...children) {
  if (props === null || typeof props !== "object" || props instanceof Node || Array.isArray(props)) {
    children.unshift(props);
    props = {};
  }
  const [tag, ...classes] = what.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [key, v] of Object.entries(value)) setStyle(node, key, v);
    else if (name === "class") node.classList.add(...value.split(" ").filter(Boolean));
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  add(node, children);
  return node;
}

function setStyle(node, key, value) {
  if (value === null || value === undefined) return;
  if (key.startsWith("--")) node.style.setProperty(key, value);
  else node.style[key] = value;
}

function add(node, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) add(node, child);
    else node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Replaces what a node holds. */
export function fill(node, ...children) {
  node.replaceChildren();
  add(node, children);
  return node;
}

const PATHS = {
  back: "M15 5l-7 7 7 7",
  forward: "M9 5l7 7-7 7",
  down: "M5 9l7 7 7-7",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  menu: "M4 7h16M4 12h16M4 17h16",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  send: "M4 12l16-8-6 16-3-7z",
  keyboard: "M3 7h18v10H3zM7 11h.01M11 11h.01M15 11h.01M8 14h8",
  photo: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  smile: "M12 3a9 9 0 100 18 9 9 0 000-18zM8.5 10h.01M15.5 10h.01M8.5 14.5c2 2.200 5 2.200 7 0",
  mail: "M3 6h18v12H3zM3 7l9 7 9-7",
  clock: "M12 3a9 9 0 100 18 9 9 0 000-18zM12 7v5l3 2",
  play: "M8 5l11 7-11 7z",
  on: "M4 6l8 6-8 6zM13 6l8 6-8 6z",
  stop: "M6 6h12v12H6z",
  home: "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
  lock: "M6 11h12v9H6zM9 11V8a3 3 0 016 0v3",
  chat: "M4 5h16v11H9l-5 4z",
  thread: "M4 5h16v10H10l-4 4v-4H4zM8 9h8M8 12h5",
  search: "M10.5 4a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM15.5 15.5L20 20",
  phone: "M7 2h10v20H7zM11 19h2",
  window: "M3 4h18v16H3zM3 8h18M9 8v12",
  check: "M5 12l5 5 9-10",
  alert: "M12 4l9 16H3zM12 10v4M12 17h.01",
  mic: "M12 3a3 3 0 00-3 3v6a3 3 0 006 0V6a3 3 0 00-3-3zM5 11a7 7 0 0014 0M12 18v3",
  pin: "M12 21s-6-6-6-11a6 6 0 0112 0c0 5-6 11-6 11zM12 10h.01",
  out: "M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9",
  people: "M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6M16 4.5a3.5 3.5 0 010 6M18 14.5c2 .8 3.5 2.5 3.5 5.5",
  reset: "M5 12a7 7 0 107-7H8M11 2L8 5l3 3",
};

/** A line icon, decorative: what it means is said by its button's label. */
export function icon(name, size = 20) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 24 24", width: size, height: size, fill: "none", stroke: "currentColor", "stroke-width": 1.8,
    "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true",
  })) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  if (name === "more") path.setAttribute("stroke-width", 3);
  svg.append(path);
  return svg;
}

/** A round picture made of the first letter of a name, in a colour of its own. */
export function face(name, size = 36, shape = "round") {
  let sum = 7;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 360;
  return h("span.face", {
    class: shape, "aria-hidden": "true",
    style: { width: `${size}px`, height: `${size}px`, fontSize: `${Math.round(size * 0.44)}px`, background: `hsl(${sum} 38% 46%)` },
  }, [...name][0] ?? "?");
}

/** The programme's own picture. */
export function mark(size = 36, shape = "round") {
  return h("img.face", { class: shape, src: "/play/static/mark.svg", alt: "", width: size, height: size });
}

/** Keeps the children that are still right, draws the others, in the order of `items` ([key, stamp, draw]). */
export function sync(parent, items) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let at = parent.firstElementChild;
  for (const [key, stamp, draw] of items) {
    let node = old.get(key);
    if (node && node.stamp === stamp) old.delete(key);
    else {
      const fresh = draw();
      fresh.dataset.key = key;
      fresh.stamp = stamp;
      if (!node) fresh.classList.add("fresh");
      if (node === at && at) at = at.nextElementSibling;
      node?.remove();
      old.delete(key);
      node = fresh;
    }
    if (node === at) at = at.nextElementSibling;
    else parent.insertBefore(node, at);
  }
  for (const node of old.values()) node.remove();
}

/** Redraws with `draw` and leaves the cursor in the field where it was (fields carry data-field). */
export function keepingFocus(root, draw) {
  const active = document.activeElement;
  const field = root.contains(active) ? active.dataset.field : null;
  let selection = null;
  try { selection = field && [active.selectionStart, active.selectionEnd]; } catch { /* number fields have none */ }
  draw();
  if (!field) return;
  const again = [...root.querySelectorAll("[data-field]")].find((node) => node.dataset.field === field);
  if (!again || again === document.activeElement) return;
  again.focus({ preventScroll: true });
  try { if (selection?.[0] != null) again.setSelectionRange(...selection); } catch { /* likewise */ }
}

/** Keeps a list scrolled to its end unless the reader has scrolled up. */
export function atTheEnd(list, draw, always = false) {
  const near = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  draw();
  if (near || always) list.scrollTop = list.scrollHeight;
}

let toasts;
/** A short message over the page that goes away by itself. */
export function toast(text) {
  toasts ??= document.getElementById("toasts");
  const node = h("div.toast", text);
  toasts.append(node);
  setTimeout(() => node.remove(), 5000);
}

/** Lets a popup go away with Escape or a click elsewhere; returns what stops the waiting for it. */
export function dismissable(popup, close) {
  const stop = () => {
    document.removeEventListener("pointerdown", away, true);
    document.removeEventListener("keydown", away, true);
  };
  const away = (event) => {
    if (event.type === "keydown" ? event.key !== "Escape" : popup.contains(event.target)) return;
    if (event.type === "keydown") event.stopPropagation();
    stop();
    close();
  };
  document.addEventListener("pointerdown", away, true);
  document.addEventListener("keydown", away, true);
  return stop;
}
