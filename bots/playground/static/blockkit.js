// Draws Slack blocks. What is pressed or chosen goes to `place`:
//   people            names of users and channels
//   press(block, element, chosen)        an element outside an input block, or one that dispatches
//   options(block, element, query)       what an external select offers
//   value(block, element), keep(block, element, value)   what a field holds
//   errors            {block_id: text}

import { isWeb, localLink } from "./api.js";
import { dismissable, h, icon } from "./dom.js";
import { field, isField } from "./fields.js";
import { richText, words } from "./mrkdwn.js";
import { confirm } from "./sheets.js";
import { say } from "./words.js";

const DRAW = { header, section, divider: () => h("hr"), context, actions, image, input, rich_text, markdown, table };

/** The drawn blocks. */
export const blocks = (list, place) => h("div.blocks", (list ?? []).map((block) => {
  const node = DRAW[block.type]?.(block, place) ?? unknown(block);
  node.classList.add("block", `block-${block.type}`);
  node.dataset.block = block.block_id ?? "";
  return node;
}));

const unknown = (it) => h("div.unknown", say("slack.unknown", { type: it.type }));

function header(block, place) {
  return h("h3", words(block.text, place.people));
}

function section(block, place) {
  return h("div",
    h("div.body",
      block.text && h("div.text", words(block.text, place.people)),
      block.fields && h("div.fields", block.fields.map((each) => h("div.text", words(each, place.people))))),
    block.accessory && h("div.accessory", element(block, block.accessory, place)));
}

function context(block, place) {
  return h("div", block.elements.map((it) => (it.type === "image" ? picture(it) : h("span.text", words(it, place.people)))));
}

function actions(block, place) {
  return h("div", block.elements.map((it) => element(block, it, place)));
}

const picture = (it) => h("img", { src: localLink(it.image_url ?? ""), alt: it.alt_text, title: it.alt_text, loading: "lazy" });

function image(block, place) {
  return h("figure", block.title && h("figcaption", words(block.title, place.people)), picture(block));
}

function rich_text(block, place) {
  return h("div.text", richText(block.elements, place.people));
}

function markdown(block) {
  return h("div.text", block.text);
}

function table(block, place) {
  const cell = (it) => (it.type === "rich_text" ? richText(it.elements, place.people) : it.text ?? "");
  const [head, ...rows] = block.rows;
  return h("div", h("table",
    h("thead", h("tr", head.map((it) => h("th", { scope: "col" }, cell(it))))),
    h("tbody", rows.map((row) => h("tr", row.map((it, column) => h("td", { style: { textAlign: block.column_settings?.[column]?.align } }, cell(it))))))));
}

function input(block, place) {
  const error = place.errors?.[block.block_id];
  const note = block.hint && h("div.hint", words(block.hint, place.people));
  const id = `f${place.id ?? ""}-${block.block_id}`;
  const group = ["radio_buttons", "checkboxes"].includes(block.element.type);
  return h("div", { class: error ? "wrong" : "", role: group ? "group" : null, "aria-labelledby": group ? `${id}-label` : null },
    h(group ? "div.label" : "label", { for: group ? null : id, id: `${id}-label` },
      words(block.label, place.people), block.optional && h("span.optional", say("slack.optional"))),
    element(block, block.element, place, { id, error }),
    error && h("div.error", { id: `${id}-error` }, icon("alert", 15), error), note);
}

/** One interactive element; `inside` an input block it knows its label's id. */
function element(block, it, place, inside) {
  if (it.type === "image") return picture(it);
  if (it.type === "button") return button(block, it, place);
  if (it.type === "overflow") return overflow(block, it, place);
  if (!isField(it)) return unknown(it);
  return field(block, it, place, {
    ...inside,
    changed: async (value, how) => {
      place.keep(block, it, value);
      if (!inside) return (await sure(it, place)) && place.press(block, it, value);
      return block.dispatch_action && how !== "typing" && place.dispatch(block, it, value);
    },
  });
}

const sure = (it, place) => !it.confirm || confirm(place.over(), {
  title: it.confirm.title && words(it.confirm.title, place.people), text: it.confirm.text && words(it.confirm.text, place.people),
  yes: words(it.confirm.confirm, place.people), no: words(it.confirm.deny, place.people), danger: it.confirm.style === "danger",
});

function button(block, it, place) {
  const node = h("button.kit-button", {
    type: "button", class: it.style ?? "", "aria-label": it.accessibility_label,
    onclick: async () => {
      if (!(await sure(it, place))) return;
      if (it.url && isWeb(it.url)) window.open(localLink(it.url), "_blank", "noopener");
      node.classList.add("busy");
      await place.press(block, it);
      node.classList.remove("busy");
    },
  }, words(it.text, place.people), it.url && icon("out", 13));
  return node;
}

function overflow(block, it, place) {
  const open = (event) => {
    const popup = h("div.popup.options", { role: "menu" }, it.options.map((option) => h("button", {
      type: "button", role: "menuitem",
      onclick: async () => {
        popup.remove();
        if (option.url && isWeb(option.url)) window.open(localLink(option.url), "_blank", "noopener");
        if (await sure(it, place)) place.press(block, it, option.value);
      },
    }, words(option.text, place.people), option.description && h("small", words(option.description, place.people)))));
    event.currentTarget.after(popup);
    dismissable(popup, () => popup.remove());
  };
  return h("span.anchor", h("button.kit-button.overflow", { type: "button", "aria-label": say("slack.menu"), "aria-haspopup": "menu", onclick: open }, icon("more", 18)));
}
