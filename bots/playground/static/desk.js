// What stands around the screens: brand, story, clock, mailbox, intro, caption.

import { localLink, playStory, resetAll, turnClock } from "./api.js";
import { dismissable, fill, h, icon, mark } from "./dom.js";
import { confirm } from "./sheets.js";
import { linked } from "./templates.js";
import { clockTime, day, era, fieldTime, fullDay, language, say, speak } from "./words.js";

export class Desk {
  constructor({ redraw }) {
    this.redraw = redraw;
    this.bar = document.getElementById("desk");
    this.intro = document.getElementById("intro");
    this.caption = document.getElementById("caption");
    this.drawer = document.getElementById("drawer");
    this.seen = Number(localStorage.getItem("mails seen") ?? 0);
    this.mails = [];
    this.online = true;
  }

  /** Shows the clock, the mails and the story as the server knows them. */
  show(state) {
    this.mails = state.mails;
    this.clock = state.clock;
    this.ahead = Date.parse(state.clock.now) - Date.now();
    this.canPlay = state.story.available;
    this.canPlayOn = state.story.sequel;
    this.canReset = state.reset;
    this.tell(state.story.caption, true);
    if (this.seen > this.mails.length) this.seen = 0;
    if (this.drawer.firstChild) this.#drawMails();
    this.draw();
  }

  /** Programme time, which runs on between two looks at the server. */
  get now() { return Date.now() + (this.ahead ?? 0); }

  draw() {
    const stamp = JSON.stringify([language, this.mails.length - this.seen, this.playing, this.canPlay, this.canPlayOn, this.canReset, this.online, Boolean(this.drawer.firstChild)]);
    if (this.stamp !== stamp) {
      this.stamp = stamp;
      this.#drawBar();
      this.#drawIntro();
    }
    this.tick();
  }

  tick() {
    if (!this.clock) return;
    const [date, time] = [day(this.now), clockTime(this.now)];
    if (this.shown === `${language} ${date} ${time}`) return;
    this.shown = `${language} ${date} ${time}`;
    fill(this.face, icon("clock", 18), h("span.when", h("small", era(this.now)), date), h("b", time));
  }

  #drawBar() {
    const unread = Math.max(0, this.mails.length - this.seen);
    this.shown = null;
    this.face = h("button.tool.clock", { type: "button", title: say("clock"), "aria-haspopup": "dialog", onclick: (event) => this.#openClock(event) });
    const playing = this.playing;
    fill(this.bar,
      h("a.brand", { href: "/play" }, mark(34, "square"), h("span", h("b", say("title")), h("small", say("title.sub")))),
      !this.online && h("span.offline", icon("alert", 16), say("offline")),
      h("span.gap"),
      h("button.tool.story", { type: "button", class: playing ? "stop" : "", "aria-label": say(playing ? "story.stop" : "story.play"), disabled: !this.canPlay, title: this.canPlay ? null : say("story.none"), onclick: () => playStory(playing ? { stop: true } : {}) },
        icon(playing ? "stop" : "play", 17), h("span", say(playing ? "story.stop" : "story.play"))),
      this.canPlayOn && !playing && this.#playOn("tool"),
      h("span.anchor", this.face),
      h("button.tool.mail", { type: "button", "aria-label": `${say("mail")} ${unread || ""}`.trim(), "aria-expanded": String(Boolean(this.drawer.firstChild)), onclick: () => this.#toggleMails() }, icon("mail", 19), h("span", say("mail")), unread > 0 && h("span.count", unread)),
      h("button.tool.quiet", { type: "button", lang: language === "ja" ? "en" : "ja", onclick: () => this.#translate() }, say("language")),
      h("span.anchor", h("button.plain", { type: "button", "aria-label": say("phone.more"), "aria-haspopup": "menu", onclick: (event) => this.#openMore(event) }, icon("more"))));
  }

  #playOn(look) {
    return h("button", { type: "button", class: `${look} on`, "aria-label": say("story.on"), title: say("story.on.text"), onclick: () => playStory({ part: 2 }) }, icon("on", 17), h("span", say("story.on")));
  }

  #translate() {
    speak(language === "ja" ? "en" : "ja");
    this.redraw();
  }

  #openMore(event) {
    const popup = h("div.popup.right", { role: "menu" },
      h("button.only-narrow", { type: "button", role: "menuitem", onclick: () => { shut(); this.#translate(); } }, icon("chat", 18), say("language")),
      h("button", { type: "button", role: "menuitem", onclick: () => { shut(); this.#introduce(true); } }, icon("people", 18), say("intro.show")),
      this.canReset && h("button", { type: "button", role: "menuitem", onclick: () => { shut(); this.#reset(); } }, icon("reset", 18), say("reset")));
    const stop = dismissable(popup, () => popup.remove());
    const shut = () => { stop(); popup.remove(); };
    event.currentTarget.after(popup);
  }

  async #reset() {
    const place = h("div.over.page");
    document.body.append(place);
    if (await confirm(place, { title: say("reset"), text: say("reset.sure"), yes: say("reset"), no: say("cancel"), danger: true })) await resetAll();
    place.remove();
  }

  #openClock(event) {
    const go = async (fields) => { shut(); await turnClock(fields); };
    const to = h("input", { type: "datetime-local", "aria-label": say("clock.set"), required: true });
    to.min = to.value = fieldTime(this.now);
    const popup = h("div.popup.right.clock-sheet", { role: "dialog", "aria-label": say("clock") },
      h("p.today", h("small", say("clock"), " ", era(this.now)), h("b", fullDay(this.now)), h("b", clockTime(this.now))),
      h("div.steps",
        h("button", { type: "button", onclick: () => go({ hours: 1 }) }, say("clock.hour")),
        h("button", { type: "button", onclick: () => go({ hours: 24 }) }, say("clock.day")),
        this.clock.business_day && h("button.wide", { type: "button", onclick: () => go({ to: "business_day" }) }, h("span", say("clock.business")), h("small", `${day(this.clock.business_day)} ${clockTime(this.clock.business_day)}`))),
      h("form.set", { onsubmit: (submit) => { submit.preventDefault(); go({ to: to.value }); } }, to, h("button", { type: "submit" }, say("clock.go"))),
      h("p.hint", say("clock.hint")));
    const stop = dismissable(popup, () => popup.remove());
    const shut = () => { stop(); popup.remove(); };
    event.currentTarget.after(popup);
    popup.querySelector("button").focus();
  }

  // intro

  #introduce(on) {
    localStorage.setItem("intro", on ? "open" : "closed");
    this.#drawIntro();
  }

  #drawIntro() {
    this.intro.hidden = localStorage.getItem("intro") === "closed";
    if (this.intro.hidden) return;
    const who = (kind, symbol) => h("li", { class: kind }, h("span.sign", icon(symbol, 22)), h("span", h("b", say(`intro.${kind}`)), h("small", say(`intro.${kind}.text`))));
    fill(this.intro,
      h("div.about", h("h1", say("intro.head")), h("p", say("intro.text")), h("p.begin", say("intro.hint"))),
      h("ol", who("company", "phone"), who("expert", "window"), who("clerk", "check")),
      h("button.plain", { type: "button", "aria-label": say("intro.close"), title: say("intro.close"), onclick: () => this.#introduce(false) }, icon("close")));
  }

  // the story's caption

  /** Shows where the story is; what ended before this page was opened is not told again. */
  tell(caption, looked = false) {
    const state = caption?.state;
    this.playing = state === "playing";
    if (!caption || (looked && !this.playing && !this.caption.firstChild)) { if (!caption) fill(this.caption); return; }
    const stamp = JSON.stringify([caption, language]);
    if (this.caption.stamp === stamp) return;
    this.caption.stamp = stamp;
    const text = this.playing ? (caption.text?.[language] ?? caption.text) || say("story.starting") : this.#ending(caption);
    fill(this.caption, h("div.caption", { class: state },
      caption.of > 0 && h("span.progress", h("i", { style: { width: `${(100 * (state === "done" ? caption.of : caption.step)) / caption.of}%` } })),
      caption.of > 0 && this.playing && h("b", say("story.step", caption)),
      h("span", text),
      state === "done" && this.#goesOn(caption) && this.#playOn("next"),
      h("button.plain", { type: "button", "aria-label": say(this.playing ? "story.stop" : "close"), onclick: () => (this.playing ? playStory({ stop: true }) : fill(this.caption)) }, icon(this.playing ? "stop" : "close", 17))));
  }

  #goesOn(caption) { return this.canPlayOn && caption.part === 1; }

  #ending(caption) {
    if (caption.state !== "done") return say(`story.${caption.state}`);
    return say(this.#goesOn(caption) ? "story.half" : caption.part === 2 ? "story.end" : "story.done");
  }

  // mailbox

  #toggleMails() {
    if (this.drawer.firstChild) { this.#closeMails(); return; }
    this.seen = this.mails.length;
    localStorage.setItem("mails seen", this.seen);
    this.#drawMails();
    this.draw();
    this.drawer.querySelector("button")?.focus();
  }

  #closeMails() {
    fill(this.drawer);
    this.draw();
    this.bar.querySelector(".mail")?.focus();
  }

  #drawMails() {
    this.seen = this.mails.length;
    localStorage.setItem("mails seen", this.seen);
    const people = [...new Set(this.mails.map((mail) => mail.to))].sort();
    const shown = this.mails.filter((mail) => !this.to || mail.to === this.to).reverse();
    const open = shown.find((mail) => mail.id === this.mail) ?? shown[0];
    const choose = h("select", { "aria-label": say("mail.to"), onchange: () => { this.to = choose.value; this.#drawMails(); } },
      h("option", { value: "" }, say("mail.all")), people.map((to) => h("option", { value: to }, to)));
    choose.value = this.to ?? "";
    fill(this.drawer, h("aside.mailbox", { role: "dialog", "aria-label": say("mail"), onkeydown: (event) => event.key === "Escape" && this.#closeMails() },
      h("header", icon("mail", 20), h("h2", say("mail")), people.length > 0 && choose, h("button.plain", { type: "button", "aria-label": say("close"), onclick: () => this.#closeMails() }, icon("close"))),
      shown.length === 0 ? h("div.empty", icon("mail", 44), h("b", say("mail.none"))) : [
        h("div.mail-list", shown.map((mail) => h("button", { type: "button", class: mail === open ? "here" : "", onclick: () => { this.mail = mail.id; this.#drawMails(); } },
          h("span.to", mail.to), h("time", `${day(mail.at)} ${clockTime(mail.at)}`), h("b", mail.subject), h("small", mail.text.slice(0, 60))))),
        h("article", h("h3", open.subject), h("dl", h("dt", say("mail.from")), h("dd", open.sender), h("dt", say("mail.to")), h("dd", open.to)),
          open.times > 1 && h("p.hint", say("mail.times", { n: open.times })), h("div.mail-text", linked(open.text, ({ uri }) => window.open(localLink(uri), "_blank", "noopener")))),
      ]));
  }
}
