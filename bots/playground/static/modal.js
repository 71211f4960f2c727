// The modals of one Slack window: a stack, the last on top.

import { inSlack, upload } from "./api.js";
import { blocks } from "./blockkit.js";
import { h, icon, keepingFocus, mark } from "./dom.js";
import { complaint, held, start } from "./fields.js";
import { say, language } from "./words.js";

export class Modals {
  constructor(node) {
    this.node = node;
    this.typed = new Map(); // "view block action" -> value
    this.wrong = new Map(); // view -> {block: what is wrong, seen here before sending}
    this.labels = new Map(); // names of options that the app sent
    this.busy = false;
  }

  /** Shows the stack of `user`; a view that is no longer there forgets what was typed into it. */
  show(user, views, people) {
    this.user = user;
    this.again = () => this.show(user, views, people);
    const open = new Set(views.map((view) => view.id));
    for (const key of this.typed.keys()) if (!open.has(key.split(" ")[0])) this.typed.delete(key);
    for (const id of this.wrong.keys()) if (!open.has(id)) this.wrong.delete(id);
    // What is typed here is on the screen already; what the story types for somebody is drawn.
    const filled = this.typed.size ? null : this.#filled(views);
    const stamp = JSON.stringify([user, language, this.busy, [...this.wrong], views.map(({ values, state, ...rest }) => rest), this.values]);
    if (this.stamp === stamp) return;
    this.stamp = stamp;
    const top = views.at(-1);
    const same = top && top.id === this.top;
    const page = top?.title?.text;
    const scroll = same && page === this.page ? this.node.querySelector(".modal.top .modal-body")?.scrollTop ?? 0 : 0;
    if (!this.top && top) this.returnTo = document.activeElement;
    this.top = top?.id;
    this.page = page;
    keepingFocus(this.node, () => {
      this.node.replaceChildren(...views.map((view, number) => this.#draw(view, views.length - 1 - number, people, same)));
      this.node.hidden = !views.length;
    });
    if (!top) return this.returnTo?.focus?.({ preventScroll: true });
    const body = this.node.querySelector(".modal.top .modal-body");
    const changed = filled && body.querySelector(`[data-block="${CSS.escape(filled)}"]`);
    body.scrollTop = changed ? changed.offsetTop - body.clientHeight / 2 : scroll;
    if (!same) this.node.querySelector(".modal.top [autofocus], .modal.top .modal-body :is(input, select, textarea, button), .modal.top button")?.focus({ preventScroll: true });
    return null;
  }

  /** Learns the values that the server knows; the block of the top view whose value has changed, if there is one. */
  #filled(views) {
    const before = this.values ?? {};
    this.values = Object.fromEntries(views.map((view) => [view.id, view.values]));
    const top = views.at(-1);
    const known = top && before[top.id];
    return known && Object.keys(top.values).findLast((block) => block in known && JSON.stringify(known[block]) !== JSON.stringify(top.values[block]));
  }

  #draw(view, depth, people, same) {
    const close = () => inSlack(this.user, "close", { view_id: view.id });
    const closeAll = () => inSlack(this.user, "close", { view_id: view.id, cleared: true });
    const errors = { ...view.errors, ...this.wrong.get(view.id) };
    const place = this.#place(view, people, errors);
    const submit = async (event) => {
      event.preventDefault();
      if (this.busy) return;
      const wrong = this.#wrong(view, place);
      this.wrong.set(view.id, wrong);
      if (Object.keys(wrong).length) { this.again(); this.node.querySelector(".top .wrong :is(input, select, textarea)")?.focus(); return; }
      this.busy = true;
      this.again();
      await inSlack(this.user, "submit", { view_id: view.id, values: this.#values(view, place) });
      this.busy = false;
      this.again();
    };
    const over = h("div.over");
    place.over = () => over;
    return h("form.modal", {
      class: `${depth ? "" : "top"} ${same ? "" : "entering"}`, role: "dialog", "aria-modal": "true", "aria-label": view.title?.text,
      inert: depth > 0, style: { "--depth": depth }, novalidate: true, onsubmit: submit,
      onkeydown: (event) => { if (event.key === "Escape" && !event.defaultPrevented && !over.firstChild) close(); },
    },
    h("header", mark(26, "square"), h("h2", view.title?.text), h("button.plain", { type: "button", "aria-label": say("close"), onclick: closeAll }, icon("close"))),
    h("div.modal-body", view.trouble && h("p.trouble", icon("alert", 16), say("error.other")), blocks(view.blocks, place)),
    (view.submit || view.close) && h("footer",
      h("button.kit-button", { type: "button", onclick: close }, view.close?.text ?? say("cancel")),
      view.submit && h("button.kit-button.primary", { type: "submit", disabled: this.busy, class: this.busy ? "busy" : "" }, this.busy ? say("slack.busy") : view.submit.text)),
    over);
  }

  #place(view, people, errors) {
    const at = (block, it) => `${view.id} ${block.block_id} ${it.action_id}`;
    const press = async (block, it, chosen) => {
      await inSlack(this.user, "fill", { view_id: view.id, values: this.#values(view, this.#place(view, people, {})) });
      await inSlack(this.user, "press", { view_id: view.id, block_id: block.block_id, action_id: it.action_id, ...(chosen === undefined ? {} : { chosen }) });
    };
    return {
      id: view.id, people, errors, labels: this.labels, press,
      value: (block, it) => {
        if (this.typed.has(at(block, it))) return this.typed.get(at(block, it));
        const known = view.values?.[block.block_id];
        const entry = known && typeof known === "object" && !Array.isArray(known) ? known[it.action_id] : known;
        for (const option of [entry?.selected_option, entry?.selected_options].flat()) if (option?.text) this.labels.set(option.value, option.text.text);
        return entry === undefined ? start(it) : held(entry);
      },
      upload: (file) => upload(this.user, file),
      keep: (block, it, value) => this.typed.set(at(block, it), value),
      dispatch: async (block, it, value) => {
        await inSlack(this.user, "fill", { view_id: view.id, values: this.#values(view, this.#place(view, people, {}), block) });
        await inSlack(this.user, "change", { view_id: view.id, block_id: block.block_id, value });
      },
      options: async (block, it, query) => groups(await inSlack(this.user, "suggest", { view_id: view.id, block_id: block.block_id, action_id: it.action_id, query })),
    };
  }

  #inputs(view) {
    return view.blocks.filter((block) => block.type === "input");
  }

  #values(view, place, except) {
    return Object.fromEntries(this.#inputs(view).filter((block) => block !== except).map((block) => [block.block_id, place.value(block, block.element)]));
  }

  #wrong(view, place) {
    const said = this.#inputs(view).map((block) => [block.block_id, complaint(block, place.value(block, block.element))]);
    return Object.fromEntries(said.filter(([, what]) => what));
  }
}

/** What the app offers for an external select, always as groups. */
export function groups(response) {
  const answer = response?.answer ?? [];
  if (Array.isArray(answer)) return answer[0]?.options ? answer : [{ options: answer }];
  return answer.option_groups ?? [{ options: answer.options ?? [] }];
}
