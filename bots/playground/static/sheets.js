// What slides over the phone's chat: choices, date picker, a picture, a web page.

import { dismissable, fill, h, icon } from "./dom.js";
import { say } from "./words.js";

function open(place, node) {
  const close = () => { veil.remove(); place.returnTo?.focus?.({ preventScroll: true }); };
  place.returnTo = document.activeElement;
  const veil = h("div.veil", { onclick: (event) => event.target === veil && close(), onkeydown: (event) => event.key === "Escape" && close() }, node);
  fill(place, veil);
  (node.querySelector("input, button, a") ?? node).focus({ preventScroll: true });
  return close;
}

/** A list of things to do: [label or drawing, act, icon]. */
export function choose(place, choices, look = "") {
  let close;
  const sheet = h("div.sheet", { role: "dialog", class: look },
    h("div.choices", choices.map(([label, act, name]) => h("button", { type: "button", onclick: () => { close(); act(); } }, name && icon(name, 24), label))),
    h("button.cancel", { type: "button", onclick: () => close() }, say("cancel")));
  close = open(place, sheet);
}

const KIND = { date: "date", time: "time", datetime: "datetime-local" };
const field = (value) => value?.replace("t", "T") ?? null;

/** A date, time or both, as a datetimepicker action asks for it. */
export function askMoment(place, action, decide) {
  let close;
  const input = h("input", {
    type: KIND[action.mode], min: field(action.min), max: field(action.max), value: field(action.initial), required: true,
    "aria-label": say(`pick.${action.mode}`),
  });
  const sheet = h("form.sheet.moment", {
    role: "dialog",
    onsubmit: (event) => { event.preventDefault(); close(); decide(input.value); },
  }, h("b", say(`pick.${action.mode}`)), input,
  h("div.two", h("button.cancel", { type: "button", onclick: () => close() }, say("cancel")), h("button.go", { type: "submit" }, say("decide"))));
  close = open(place, sheet);
}

/** A picture over the whole phone. */
export function showPicture(place, src) {
  const close = open(place, h("button.whole", { type: "button", "aria-label": say("close"), onclick: () => close() }, h("img", { src, alt: say("phone.picture") })));
}

/** A link: pages of this server open inside the phone, others in a tab of their own. */
export async function browse(place, uri) {
  if (new URL(uri).origin !== location.origin || !(await allowsFrames(uri))) {
    window.open(uri, "_blank", "noopener");
    return;
  }
  let close;
  const path = uri.slice(location.origin.length);
  const sheet = h("div.browser", { role: "dialog", "aria-label": say("phone.link") },
    h("header", h("button.plain", { type: "button", "aria-label": say("close"), onclick: () => close() }, icon("close")),
      h("span", path.length > 26 ? `${path.slice(0, 26)}…` : path),
      h("a.plain", { href: uri, target: "_blank", rel: "noopener", "aria-label": say("phone.tab"), title: say("phone.tab") }, icon("out", 18))),
    h("iframe", { src: uri, title: say("phone.link") }));
  close = open(place, sheet);
}

async function allowsFrames(uri) {
  try {
    const { ok, headers } = await fetch(uri, { method: "HEAD" });
    const ancestors = /frame-ancestors ([^;]+)/.exec(headers.get("content-security-policy") ?? "")?.[1];
    return ok && (headers.get("x-frame-options") ?? "").toUpperCase() !== "DENY" && (!ancestors || ancestors.includes("'self'"));
  } catch {
    return false;
  }
}

/** A question with two answers, over `place`. */
export function confirm(place, { title, text, yes, no, danger }) {
  return new Promise((answer) => {
    let close;
    const done = (value) => { stop(); close(); answer(value); };
    const node = h("div.question", { role: "alertdialog", "aria-modal": "true" },
      title && h("h3", title), text && h("p", text),
      h("div.two", h("button.quiet", { type: "button", onclick: () => done(false) }, no), h("button", { type: "button", class: danger ? "danger" : "primary", onclick: () => done(true) }, yes)));
    close = open(place, node);
    const stop = dismissable(node, () => done(false));
  });
}
