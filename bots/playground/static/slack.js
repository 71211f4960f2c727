// A Slack window: what one expert or clerk sees, and what that person does there.

import { inSlack, upload } from "./api.js";
import { blocks } from "./blockkit.js";
import { atTheEnd, face, fill, h, icon, keepingFocus, mark, sync } from "./dom.js";
import { start as startOf } from "./fields.js";
import { groups, Modals } from "./modal.js";
import { words } from "./mrkdwn.js";
import { clockTime, day, language, programme, say } from "./words.js";

const TOGETHER = 300; // seconds within which one person's messages stand together
const COMMAND = "/ouentai";
const HOME = "home";

export class SlackWindow {
  constructor() {
    this.state = null;
    this.places = new Map(); // where each person is: "home" or a channel
    this.brought = new Map(); // where the story wants a person to be: "home", "dm" "thread" or "channel"
    this.threads = new Map(); // which thread each person has open, by person
    this.drafts = new Map(); // what was typed and not yet sent, by person and place
    this.picked = new Map(); // what was chosen in a message's or the Home's own fields
    this.labels = new Map(); // names of options that the app sent
    this.hiddenNote = null;
    this.title = h("header.slack-title");
    this.side = h("nav.slack-side", { "aria-label": say("slack.sidebar") });
    this.head = h("header.slack-head");
    this.list = h("div.slack-list", { tabindex: 0 });
    this.foot = h("div.slack-foot");
    this.thread = h("aside.slack-thread", { hidden: true });
    this.layer = h("div.slack-layer", { hidden: true });
    this.ask = h("div.over");
    this.modals = new Modals(this.layer);
    this.node = h("section.slack", this.title,
      h("div.slack-body", this.side, h("div.slack-pane", this.head, this.list, this.foot), this.thread), this.layer, this.ask);
  }

  get me() { return this.state?.me; }
  get place() { return this.places.get(this.me.id); }
  get channel() { return this.state.channels.find((each) => each.id === this.place); }

  people = {
    user: (id) => this.#name(id),
    channel: (id) => this.state.channels.find((each) => each.id === id)?.name ?? id,
    users: () => this.state.users.filter((each) => !each.is_bot),
    channels: () => this.state.channels.filter((each) => each.kind === "channel"),
  };

  #name(id) {
    const found = this.state.users.find((each) => each.id === id);
    return found?.is_bot ? say("slack.app") : found?.name ?? id;
  }

  #portrait(id, size) {
    const found = this.state.users.find((each) => each.id === id);
    return !found || found.is_bot ? mark(size, "square") : face(found.name, size, "square");
  }

  /** Shows what the server says is in this person's window. */
  show(state) {
    const other = state.me.id !== this.me?.id;
    this.state = state;
    if (!this.places.has(state.me.id) || (this.place !== HOME && !this.channel)) {
      this.go(state.channels.find((each) => each.kind === "channel")?.id ?? HOME, true);
    }
    const brought = this.brought.get(state.me.id);
    if (brought) {
      this.brought.delete(state.me.id);
      const kind = { dm: "im", thread: "im" }[brought] ?? brought;
      const place = state.channels.find((each) => each.kind === kind);
      this.go(place?.id ?? HOME, true);
      if (brought === "thread") this.threads.set(state.me.id, place.messages.findLast((each) => each.replies.length)?.ts);
    }
    if (other || brought) for (const part of [this.list, this.thread]) part.replaceChildren();
    this.draw(other || Boolean(brought));
  }

  /** Lets a person be at the Home, in the messages with the app, in their newest thread or in the channel when shown next. */
  bring(user, place) { if (place) this.brought.set(user, place); }

  /** Goes to the Home or a channel, as a click in the sidebar does. */
  go(place, quietly) {
    this.places.set(this.me.id, place);
    this.threads.delete(this.me.id);
    if (place === HOME) inSlack(this.me.id, "open_home");
    if (!quietly) this.draw(true);
  }

  draw(fresh = false) {
    this.#drawTitle();
    this.#drawHead();
    this.#drawComposer(); // before the list, whose end depends on its height
    if (this.place === HOME) this.#drawHome(fresh);
    else atTheEnd(this.list, () => this.#drawMessages(), fresh);
    this.#drawNote();
    this.#drawThread(fresh);
    this.#markRead();
    this.#drawSide();
    this.modals.show(this.me.id, this.state.modals, this.people);
  }

  #drawTitle() {
    fill(this.title, h("span.lights", h("i"), h("i"), h("i")), h("span.seek", icon("search", 14), say("slack.workspace")), face(this.me.name, 24, "square"));
  }

  // sidebar

  #read(channel) { return localStorage.getItem(`read ${this.me.id} ${channel.id}`) ?? ""; }

  #unread(channel) {
    const since = this.#read(channel);
    return channel.messages.flatMap((each) => [each, ...(each.replies ?? [])]).filter((each) => each.ts > since && each.user !== this.me.id).length;
  }

  #markRead() {
    const last = this.channel?.messages.flatMap((each) => [each.ts, ...(each.replies ?? []).map((reply) => reply.ts)]).sort().at(-1);
    if (last && last > this.#read(this.channel) && this.node.checkVisibility()) localStorage.setItem(`read ${this.me.id} ${this.channel.id}`, last);
  }

  #drawSide() {
    const row = (id, symbol, name, unread = 0) => h("button", {
      type: "button", class: `${id === this.place ? "here" : ""} ${unread ? "unread" : ""}`, "aria-current": id === this.place ? "page" : null, onclick: () => this.go(id),
    }, symbol, h("span.name", name), unread > 0 && h("span.count", { "aria-label": `${say("slack.unread")} ${unread}` }, unread));
    const rows = (kind) => this.state.channels.filter((each) => each.kind === kind);
    fill(this.side, h("div.workspace", mark(30, "square"), h("b", say("slack.workspace"))),
      h("h3", say("slack.apps")), row(HOME, icon("home", 17), say("slack.home")),
      rows("im").map((each) => row(each.id, mark(18, "square"), say("slack.app"), this.#unread(each))),
      rows("channel").length > 0 && h("h3", say("slack.channels")),
      rows("channel").map((each) => row(each.id, icon("lock", 16), each.name, this.#unread(each))));
  }

  #drawHead() {
    const channel = this.channel;
    fill(this.head, !channel || channel.kind === "im" ? mark(24, "square") : icon("lock", 17),
      h("h2", channel?.kind === "channel" ? channel.name : say("slack.app")),
      channel?.kind !== "channel" && h("div.switch", { role: "tablist" },
        [[HOME, "slack.home"], [this.state.channels.find((each) => each.kind === "im")?.id, "slack.direct"]].map(([id, key]) => id && h("button", {
          type: "button", role: "tab", "aria-selected": String(this.place === id), onclick: () => this.go(id),
        }, say(key)))));
  }

  // Home and messages

  #drawHome(fresh) {
    const home = this.state.home;
    const stamp = JSON.stringify([this.me.id, home && { ...home, state: null, values: null }, language]);
    const drawn = () => (home
      ? h("div.home", blocks(home.blocks, this.#place({ view_id: home.id })))
      : h("div.empty", mark(64, "square"), h("b", say("slack.home.empty")), h("p", say("slack.home.empty.text"))));
    keepingFocus(this.list, () => sync(this.list, [[`home ${this.me.id}`, stamp, drawn]]));
    if (fresh) this.list.scrollTop = 0;
  }

  #drawMessages() {
    const channel = this.channel;
    if (!channel.messages.length) {
      sync(this.list, [["empty", language, () => h("div.empty", channel.kind === "im" ? mark(64, "square") : icon("lock", 40), h("b", say("slack.empty")))]]);
      return;
    }
    keepingFocus(this.list, () => sync(this.list, this.#rows(channel, channel.messages, true)));
  }

  #rows(channel, messages, threads) {
    const rows = [];
    let before = null;
    for (const each of messages) {
      const date = day(programme(each.ts * 1000));
      const next = !before || before.date !== date;
      if (next && threads) rows.push([`day ${date}`, date, () => h("div.date", h("span", date))]);
      const first = next || before.user !== each.user || each.ts - before.ts > TOGETHER || (before.replies?.length ?? 0) > 0;
      rows.push([`${channel.id} ${each.ts}`, JSON.stringify([each, first, language, threads]), () => this.#message(channel, each, first, threads)]);
      before = { ...each, date };
    }
    return rows;
  }

  #message(channel, each, first, threads) {
    const bot = this.state.users.find((user) => user.id === each.user)?.is_bot ?? false;
    const replies = threads ? each.replies ?? [] : [];
    return h("article.message", { class: first ? "first" : "" },
      first ? this.#portrait(each.user, 36) : h("time.hover", clockTime(programme(each.ts * 1000))),
      h("div.message-body",
        first && h("div.by", h("b", this.#name(each.user)), bot && h("span.badge", say("slack.badge")), h("time", clockTime(programme(each.ts * 1000)))),
        this.#content(each, { channel: channel.id, ts: each.ts }),
        replies.length > 0 && h("button.replies-link", { type: "button", onclick: () => this.#openThread(each.ts) },
          [...new Set(replies.map((reply) => reply.user))].slice(0, 3).map((id) => this.#portrait(id, 20)), h("span", say("slack.replies", { n: replies.length })), h("time", clockTime(programme(replies.at(-1).ts * 1000))))),
      threads && h("button.plain.answer", { type: "button", "aria-label": say("slack.reply"), title: say("slack.reply"), onclick: () => this.#openThread(each.ts) }, icon("thread", 17)));
  }

  #content(each, where) {
    const files = each.files?.length > 0 && h("div.files", each.files.map((file) => h("span.file", icon("file", 20), file.name)));
    if (each.blocks?.length) return [blocks(each.blocks, this.#place(where)), files];
    return [h("div.text", words(each.text ?? "", this.people), each.edited && h("small", say("slack.edited"))), files];
  }

  /** What blocks outside modals need; `where` says in which message or view they stand. */
  #place(where) {
    const at = (block, it) => `${where.ts ?? where.view_id} ${block.block_id} ${it.action_id}`;
    const aim = (block, it) => ({ ...where, block_id: block.block_id, action_id: it.action_id });
    return {
      id: where.ts ?? where.view_id, people: this.people, errors: {}, labels: this.labels, over: () => this.ask,
      upload: (file) => upload(this.me.id, file),
      press: (block, it, chosen) => inSlack(this.me.id, "press", { ...aim(block, it), ...(chosen === undefined ? {} : { chosen }) }),
      dispatch: (block, it, chosen) => inSlack(this.me.id, "press", { ...aim(block, it), chosen }),
      options: async (block, it, query) => groups(await inSlack(this.me.id, "suggest", { ...aim(block, it), query })),
      value: (block, it) => this.picked.get(at(block, it)) ?? startOf(it),
      keep: (block, it, value) => this.picked.set(at(block, it), value),
    };
  }

  #drawNote() {
    const note = this.state.note;
    const here = note && note.ts !== this.hiddenNote && this.place !== HOME && (!note.channel || note.channel === this.place);
    const old = this.list.querySelector(".note");
    if (!here) return old?.remove();
    const key = note.ts ?? note.text;
    if (old?.stamp === `${key} ${language}`) return this.list.append(old);
    old?.remove();
    const node = h("article.message.first.note", mark(36, "square"), h("div.message-body",
      h("div.hint", icon("lock", 13), say("slack.note")),
      h("div.by", h("b", say("slack.app")), h("span.badge", say("slack.badge"))),
      this.#content(note, { channel: note.channel, ts: note.ts })),
    h("button.plain.answer", { type: "button", "aria-label": say("close"), onclick: () => { this.hiddenNote = note.ts; node.remove(); } }, icon("close", 16)));
    node.stamp = `${key} ${language}`;
    atTheEnd(this.list, () => this.list.append(node), true);
    return null;
  }

  // writing

  #drawComposer() {
    const channel = this.channel;
    const stamp = JSON.stringify([this.me.id, this.place, language]);
    if (this.foot.stamp === stamp) return;
    this.foot.stamp = stamp;
    const name = channel?.kind === "channel" ? `#${channel.name}` : say("slack.app");
    fill(this.foot, channel && this.#composer(say("slack.write", { name }), channel, null));
  }

  #composer(hint, channel, thread) {
    const key = `${this.me.id} ${channel.id} ${thread}`;
    const input = h("textarea", {
      rows: 1, placeholder: hint, "aria-label": hint, "data-field": `write ${key}`, value: this.drafts.get(key) ?? "",
      oninput: () => { this.drafts.set(key, input.value); grow(); },
      onkeydown: (event) => {
        if (event.key === "Tab" && !suggestion.hidden) { event.preventDefault(); complete(); return; }
        if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
        event.preventDefault();
        send();
      },
    });
    const complete = () => { input.value = `${COMMAND} `; input.focus(); grow(); };
    const suggestion = h("button.suggestion", { type: "button", hidden: true, onclick: () => complete() }, mark(22, "square"), h("b", COMMAND), h("span", say("slack.command")));
    const grow = () => {
      input.style.height = "auto";
      if (input.scrollHeight) input.style.height = `${Math.min(input.scrollHeight, 160)}px`;
      suggestion.hidden = thread !== null || !input.value.startsWith("/") || !COMMAND.startsWith(input.value.trim()) || input.value.includes(" ");
    };
    const send = () => {
      const text = input.value.trim();
      if (!text) return;
      input.value = "";
      this.drafts.delete(key);
      grow();
      const [word, ...rest] = text.split(/\s+/);
      if (word === COMMAND && thread === null) inSlack(this.me.id, "command", { text: rest.join(" "), channel: channel.id });
      else inSlack(this.me.id, "message", { channel: channel.id, text, ...(thread ? { thread_ts: thread } : {}) });
    };
    const attach = () => {
      const chooser = h("input", { type: "file", onchange: async () => {
        const id = chooser.files[0] && (await upload(this.me.id, chooser.files[0]));
        if (!id) return;
        inSlack(this.me.id, "message", { channel: channel.id, text: input.value.trim(), files: [id], ...(thread ? { thread_ts: thread } : {}) });
        input.value = "";
        this.drafts.delete(key);
        grow();
      } });
      chooser.click();
    };
    return h("div.composer", suggestion, input, h("div.tools",
      h("button.plain", { type: "button", "aria-label": say("slack.attach"), title: say("slack.attach"), onclick: attach }, icon("plus", 18)),
      thread === null && h("button.plain.command", { type: "button", title: say("slack.command"), onclick: () => complete() }, COMMAND),
      h("span"), h("button.plain.post", { type: "button", "aria-label": say("slack.send"), title: say("slack.send"), onclick: send }, icon("send", 18))));
  }

  // threads

  #openThread(ts) {
    this.threads.set(this.me.id, ts);
    this.draw();
    this.thread.querySelector("textarea")?.focus();
  }

  #drawThread(fresh) {
    const ts = this.threads.get(this.me.id);
    const parent = ts && this.channel?.messages.find((each) => each.ts === ts);
    this.thread.hidden = !parent;
    this.node.classList.toggle("threaded", Boolean(parent));
    if (!parent) return this.thread.replaceChildren();
    const stamp = `${this.me.id} ${ts} ${language}`;
    if (this.thread.stamp !== stamp || !this.thread.firstChild) {
      this.thread.stamp = stamp;
      fill(this.thread,
        h("header", h("h2", say("slack.thread")), h("button.plain", { type: "button", "aria-label": say("close"), onclick: () => { this.threads.delete(this.me.id); this.draw(); } }, icon("close"))),
        h("div.slack-list", { tabindex: 0 }), this.#composer(say("slack.write.thread"), this.channel, ts));
    }
    const list = this.thread.querySelector(".slack-list");
    return atTheEnd(list, () => keepingFocus(list, () => sync(list, this.#rows(this.channel, [parent, ...(parent.replies ?? [])], false))), fresh);
  }
}
