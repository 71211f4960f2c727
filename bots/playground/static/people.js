// Who uses a screen: a switch above it, and the way to bring in somebody new.

import { addPerson } from "./api.js";
import { dismissable, face, fill, h, icon } from "./dom.js";
import { say } from "./words.js";

const role = (kind) => h("span.role", { class: kind ?? "none" }, say(`role.${kind ?? "none"}`));

/** Draws the switch: `people` [{id, name, kind}], who is `chosen`, which `kinds` may be added; calls `choose(id)`. */
export function drawPeople(node, { people, chosen, kinds, choose }) {
  const open = (event) => {
    const popup = h("div.popup.people-list", { role: "menu" },
      people.map((each) => h("button", {
        type: "button", role: "menuitemradio", "aria-checked": String(each.id === chosen), onclick: () => { shut(); choose(each.id); },
      }, face(each.name, 28), h("span.name", each.name), role(each.kind), each.id === chosen && icon("check", 16))),
      h("hr"),
      kinds.map((kind) => h("button.add", {
        type: "button", role: "menuitem",
        onclick: async () => { shut(); const made = await addPerson(kind); if (made) choose(made.id); },
      }, icon("plus", 18), say(`new.${kind}`))));
    const stop = dismissable(popup, () => popup.remove());
    const shut = () => { stop(); popup.remove(); };
    event.currentTarget.after(popup);
    popup.querySelector("[aria-checked=true]")?.focus();
  };
  const now = people.find((each) => each.id === chosen);
  const few = people.length <= 3;
  fill(node, h("div.people", { role: "group", "aria-label": say("who") },
    few ? people.map((each) => h("button.person", { type: "button", "aria-pressed": String(each.id === chosen), onclick: () => choose(each.id) },
      face(each.name, 26), h("span.name", each.name), role(each.kind)))
      : now && h("button.person", { type: "button", "aria-pressed": "true", onclick: open }, face(now.name, 26), h("span.name", now.name), role(now.kind)),
    h("span.anchor", h("button.plain.more", { type: "button", "aria-label": say("who"), title: say("who"), "aria-haspopup": "menu", onclick: open }, icon(few ? "plus" : "down", 18)))));
}
