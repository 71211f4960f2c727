// A phone with LINE: the chat of one small business with the programme.

import { isWeb, lineFile, localLink, onThePhone, sendFile } from "./api.js";
import { atTheEnd, dismissable, face, fill, h, icon, keepingFocus, mark, sync, toast } from "./dom.js";
import { askMoment, browse, choose, showPicture } from "./sheets.js";
import { draw as drawSticker, STICKERS } from "./stickers.js";
import { area, isWide, message } from "./templates.js";
import { clockTime, day, language, programme, say } from "./words.js";

export class Phone {
  constructor() {
    this.state = null;
    this.drafts = new Map(); // what was typed and not yet sent, by person
    this.modes = new Map(); // "menu" or "keyboard", by person
    this.time = h("span.hour");
    this.head = h("header.line-head");
    this.chat = h("div.chat", { role: "log", tabindex: 0 });
    this.replies = h("div.replies");
    this.foot = h("footer.line-foot");
    this.sheet = h("div.sheets");
    this.node = h("section.phone",
      h("div.screen",
        h("div.status", this.time, h("span.island"), h("span.signs", h("i.bars"), h("i.battery"))),
        this.head, this.chat, this.replies, this.foot, this.sheet));
  }

  get user() { return this.state?.user; }

  /** Shows what the server says is on this phone. */
  show(state) {
    const other = state.user.id !== this.user?.id;
    const before = this.state?.messages.length;
    this.state = state;
    if (other) { this.chat.replaceChildren(); this.sheet.replaceChildren(); this.replies.stamp = this.foot.stamp = null; }
    this.#drawHead();
    atTheEnd(this.chat, () => this.#drawChat(), other || before !== state.messages.length);
    this.#drawReplies();
    const menu = state.rich_menu;
    if (!this.modes.has(this.user.id) && menu) this.modes.set(this.user.id, menu.menu.selected ? "menu" : "keyboard");
    this.#drawFoot();
    if (other) requestAnimationFrame(() => { this.chat.scrollTop = this.chat.scrollHeight; });
  }

  /** Puts the programme's time on the phone's own clock. */
  tick(now) { this.time.textContent = clockTime(now); }

  /** Shows a person's chat alone or with the menu below it, as the story wants. */
  bring(user, place) { if (place) this.modes.set(user, place === "menu" ? "menu" : "keyboard"); }

  get isNew() { return !this.user.friend && !this.user.blocked; }

  #drawHead() {
    const stamp = JSON.stringify([this.user, this.isNew, language]);
    if (this.head.stamp === stamp) return;
    this.head.stamp = stamp;
    fill(this.head, h("span.chevron", icon("back", 22)), mark(32), h("h2", say("phone.name")),
      h("button.plain", { type: "button", "aria-label": say("phone.more"), title: say("phone.more"), onclick: (e) => this.#openMore(e) }, icon("more")));
  }

  #openMore(event) {
    const act = (name, key) => h("button", { type: "button", role: "menuitem", onclick: () => { popup.remove(); onThePhone(this.user.id, name); } }, say(key));
    const popup = h("div.popup.more", { role: "menu" },
      this.isNew || this.user.blocked ? null : act("unfollow", "phone.block"),
      this.user.blocked ? act("follow", "phone.unblock") : null,
      this.isNew ? act("follow", "phone.add") : null);
    event.currentTarget.after(popup);
    dismissable(popup, () => popup.remove());
  }

  #drawChat() {
    if (this.isNew && !this.state.loading) {
      sync(this.chat, [["add", language, () => h("div.befriend", mark(84), h("b", say("phone.name")), h("p", say("phone.add.text")),
        h("button.go", { type: "button", onclick: () => onThePhone(this.user.id, "follow") }, icon("plus", 18), say("phone.add")))]]);
      return;
    }
    const rows = [];
    let last = {};
    for (const each of this.state.messages) {
      const date = day(programme(each.at));
      if (date !== last.date) rows.push([`day ${date}`, date, () => h("div.day", h("span", date))]);
      const speaker = each.from + (each.sender?.name ?? "");
      const first = speaker !== last.speaker || date !== last.date;
      rows.push([each.id, JSON.stringify([each, first, language]), () => this.#row(each, first)]);
      last = { date, speaker };
    }
    if (this.state.loading) rows.push(["loading", language, () => this.#loading()]);
    sync(this.chat, rows);
  }

  #loading() {
    return h("div.row.bot", { class: "first" }, mark(34), h("div.stack", h("div.bubble.dots", { role: "img", "aria-label": say("phone.typing") }, h("i"), h("i"), h("i"))));
  }

  #row(each, first) {
    if (each.unsent) return h("div.day", h("span", say("phone.unsent")));
    const mine = each.from === "user";
    const body = message(each.message, (action) => this.tap(action), mine ? (id) => lineFile(`picture/${id ?? each.id}`) : null);
    const time = h("time", { datetime: each.at }, mine && each.read && h("span", say("phone.read")), clockTime(programme(each.at)));
    const name = each.sender?.name;
    const portrait = each.sender?.iconUrl ? h("img.face.round", { src: localLink(each.sender.iconUrl), alt: "", width: 34, height: 34 }) : name ? face(name, 34) : mark(34);
    const row = h("div.row", { class: `${mine ? "user" : "bot"} ${first ? "first" : ""} ${isWide(each.message) ? "wide" : ""}` },
      !mine && (first ? portrait : h("span.nobody")),
      h("div.stack", !mine && first && h("span.name", name ? `${name} from '${say("phone.name")}'` : say("phone.name")), h("div.line", mine ? [time, body] : [body, time])));
    if (mine) this.#canUnsend(row, each);
    return row;
  }

  #canUnsend(row, each) {
    let timer;
    const ask = (event) => {
      event.preventDefault();
      choose(this.sheet, [[say("phone.unsend"), () => onThePhone(this.user.id, "unsend", { message_id: each.id })]]);
    };
    row.addEventListener("contextmenu", ask);
    row.addEventListener("pointerdown", (event) => { if (event.pointerType === "touch") timer = setTimeout(() => ask(event), 550); });
    for (const end of ["pointerup", "pointercancel", "pointermove"]) row.addEventListener(end, () => clearTimeout(timer));
  }

  #drawReplies() {
    const items = this.state.quick_reply?.items ?? [];
    const stamp = JSON.stringify([items, language]);
    if (this.replies.stamp === stamp) return;
    this.replies.stamp = stamp;
    this.replies.setAttribute("aria-label", say("phone.replies"));
    this.replies.scrollLeft = 0;
    const near = this.chat.scrollHeight - this.chat.scrollTop - this.chat.clientHeight < 80;
    fill(this.replies, items.map((item) => h("button", { type: "button", onclick: () => this.tap(item.action) },
      item.imageUrl && h("img", { src: localLink(item.imageUrl), alt: "" }), item.action.label)));
    // The row takes its room from the chat, whose last message stays in sight.
    if (near) this.chat.scrollTop = this.chat.scrollHeight;
  }

  #drawFoot() {
    const menu = this.state.rich_menu;
    const mode = menu ? this.modes.get(this.user.id) : "keyboard";
    const stamp = JSON.stringify([this.user, menu, mode, this.isNew, language]);
    if (this.foot.stamp === stamp) return;
    this.foot.stamp = stamp;
    const near = this.chat.scrollHeight - this.chat.scrollTop - this.chat.clientHeight < 80;
    keepingFocus(this.foot, () => {
      if (this.isNew) return fill(this.foot);
      if (this.user.blocked) return fill(this.foot, this.#blocked());
      return fill(this.foot, mode === "menu" ? this.#menuBar(menu) : this.#keyboard(menu));
    });
    if (near) this.chat.scrollTop = this.chat.scrollHeight;
  }

  #blocked() {
    return h("div.blocked", h("p", say("phone.blocked")), h("button", { type: "button", onclick: () => onThePhone(this.user.id, "follow") }, say("phone.unblock")));
  }

  #mode(mode) {
    this.modes.set(this.user.id, mode);
    this.#drawFoot();
    if (mode === "keyboard") this.foot.querySelector("textarea")?.focus();
  }

  #menuBar({ menu, image }) {
    const { width, height } = menu.size;
    return [
      h("div.bar.menu-bar",
        h("button.plain", { type: "button", "aria-label": say("phone.keyboard"), title: say("phone.keyboard"), onclick: () => this.#mode("keyboard") }, icon("keyboard", 24)),
        h("button.fold", { type: "button", "aria-expanded": "true", onclick: () => this.#mode("keyboard") }, menu.chatBarText, icon("down", 15))),
      h("div.rich-menu", { style: { aspectRatio: `${width} / ${height}` } },
        h("img", { src: lineFile(image), alt: "" }),
        menu.areas.map(({ bounds, action }) => area(bounds, width, height, action.label ?? action.displayText ?? action.text ?? "", () => this.tap(action)))),
    ];
  }

  #keyboard(menu) {
    const id = this.user.id;
    const input = h("textarea", {
      rows: 1, "aria-label": say("phone.message"), placeholder: say("phone.message"), "data-field": "line-input", value: this.drafts.get(id) ?? "",
      oninput: () => { this.drafts.set(id, input.value); grow(); },
      onkeydown: (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
        event.preventDefault();
        send();
      },
    });
    const grow = () => {
      input.style.height = "auto";
      if (input.scrollHeight) input.style.height = `${Math.min(input.scrollHeight, 110)}px`; // not while the phone is hidden
    };
    const send = () => {
      const text = input.value.trim();
      if (!text) return;
      input.value = "";
      this.drafts.delete(id);
      grow();
      onThePhone(id, "say", { text });
    };
    requestAnimationFrame(grow);
    const tool = (name, key, press) => h("button.plain", { type: "button", "aria-label": say(key), title: say(key), onclick: press }, icon(name, 23));
    return h("div.bar",
      menu && tool("menu", "phone.menu", () => this.#mode("menu")),
      tool("plus", "phone.attach", () => this.#attach()),
      h("div.write", input, tool("smile", "phone.sticker", () => this.#stickers())),
      h("button.plain.send", { type: "button", "aria-label": say("phone.send"), title: say("phone.send"), onclick: send }, icon("send", 22)));
  }

  #attach() {
    choose(this.sheet, [
      [say("phone.photo"), () => this.#pick("photo", "image/*"), "photo"],
      [say("phone.file"), () => this.#pick("file", ""), "file"],
      [say("phone.voice"), () => this.#pick("audio", "audio/*"), "mic"],
      [say("phone.location"), () => this.#locate(), "pin"],
    ]);
  }

  #pick(act, accept) {
    const id = this.user.id;
    const input = h("input", { type: "file", accept });
    input.onchange = () => {
      const file = input.files[0];
      if (!file) return;
      sendFile(id, act, file);
    };
    input.click();
  }

  #locate() {
    onThePhone(this.user.id, "location", { title: say("phone.place"), address: say("phone.place"), latitude: 35.6812, longitude: 139.7671 });
  }

  #stickers() {
    const id = this.user.id;
    choose(this.sheet, STICKERS.map((each) => [drawSticker(each, 84), () =>
      onThePhone(id, "sticker", { package: each.package, sticker: each.sticker, keywords: each.keywords })]), "stickers");
  }

  /** Does what LINE does when something with an action is pressed. */
  async tap(action) {
    const id = this.user.id;
    const acts = {
      uri: () => this.#follow(action.uri),
      picture: () => showPicture(this.sheet, action.src),
      camera: () => this.#pick("photo", "image/*"),
      cameraRoll: () => this.#pick("photo", "image/*"),
      location: () => this.#locate(),
      clipboard: async () => { await navigator.clipboard?.writeText(action.clipboardText).catch(() => {}); toast(say("phone.copied")); },
      datetimepicker: () => askMoment(this.sheet, action, (picked) => onThePhone(id, "tap", { action, picked })),
    };
    if (acts[action.type]) return acts[action.type]();
    await onThePhone(id, "tap", { action });
    const mode = { openKeyboard: "keyboard", closeRichMenu: "keyboard", openRichMenu: "menu" }[action.inputOption];
    if (mode === "keyboard" && action.fillInText) this.drafts.set(id, action.fillInText);
    if (mode) this.#mode(mode);
    return null;
  }

  #follow(uri) {
    const to = localLink(uri);
    if (isWeb(to)) return browse(this.sheet, to);
    return toast(say("phone.call", { to: uri.replace(/^\w+:/, "") }));
  }
}
