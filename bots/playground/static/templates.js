// Draws one LINE message of any type.

import { isWeb, localLink } from "./api.js";
import { h, icon } from "./dom.js";
import { flex } from "./flex.js";
import { sticker } from "./stickers.js";
import { say } from "./words.js";

const RATIO = { rectangle: "1.51 / 1", square: "1 / 1" };
const LINK = /https?:\/\/[^\s\u3000\u3001\u3002\uff09\u300d<>"]+/g;

/** The drawn message; `tap` is called with an action, `content` finds what the user sent. */
export function message(it, tap, content) {
  const draw = {
    text: () => h("div.bubble", linked(it.text, tap)),
    textV2: () => h("div.bubble", linked(filled(it), tap)),
    sticker: () => sticker(it),
    image: () => picture(it, tap, content),
    video: () => h("video.picture", { controls: true, preload: "none", poster: it.previewImageUrl && localLink(it.previewImageUrl), src: source(it, content) }),
    audio: () => h("audio.sound", { controls: true, preload: "none", src: source(it, content) }),
    location: () => place(it),
    file: () => h("div.bubble.attached", icon("file", 26), h("span", h("b", it.fileName), h("small", bytes(it.fileSize)))),
    flex: () => flex(it.contents, tap),
    imagemap: () => imagemap(it, tap),
    template: () => template(it.template, tap),
  }[it.type];
  return draw ? draw() : h("div.bubble.faint", say("phone.unknown"));
}

/** Whether a message takes the whole width of the chat. */
export const isWide = (it) =>
  (it.type === "flex" && it.contents.type === "carousel") || (it.type === "template" && it.template.type.endsWith("carousel"));

/** Text in which web addresses can be pressed. */
export function linked(text, tap) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const uri = found[0];
    parts.push(text.slice(end, found.index), h("a", {
      href: localLink(uri), rel: "noopener noreferrer", target: "_blank",
      onclick: (event) => { event.preventDefault(); tap({ type: "uri", uri }); },
    }, uri));
    end = found.index + uri.length;
  }
  return [...parts, text.slice(end)];
}

function filled(it) {
  return it.text.replace(/\{\{|\}\}|\{(\w+)\}/g, (whole, key) => {
    if (!key) return whole[0];
    return it.substitution?.[key]?.type === "mention" ? "@" : "";
  });
}

function source(it, content) {
  return it.originalContentUrl ? localLink(it.originalContentUrl) : content?.(it.id);
}

function picture(it, tap, content) {
  const src = it.previewImageUrl ? localLink(it.previewImageUrl) : source(it, content);
  const whole = source(it, content);
  return h("button.picture", { type: "button", "aria-label": say("phone.picture"), onclick: () => whole && tap({ type: "picture", src: whole }) },
    src ? h("img", { src, alt: say("phone.picture") }) : h("span.blank", icon("photo", 34)));
}

const bytes = (n) => (n > 1e6 ? `${(n / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round((n ?? 0) / 1e3))} KB`);

function place(it) {
  return h("div.template.place", h("div.map", icon("pin", 34)), h("div.words", it.title && h("b", it.title), it.address));
}

function template(it, tap) {
  if (it.type === "carousel") {
    return h("div.flex-carousel", { tabindex: 0, role: "group" }, it.columns.map((column) => card({ ...it, ...column }, tap)));
  }
  if (it.type === "image_carousel") {
    return h("div.flex-carousel", { tabindex: 0, role: "group" }, it.columns.map((column) =>
      h("button.template.picture", { type: "button", onclick: () => tap(column.action) },
        h("img", { src: localLink(column.imageUrl), alt: "", style: { aspectRatio: "1 / 1" } }),
        column.action.label && h("span", column.action.label))));
  }
  return card(it, tap);
}

function card(it, tap) {
  return h("div.template", { class: it.type === "confirm" ? "confirm" : "" },
    it.thumbnailImageUrl && h("img", {
      src: localLink(it.thumbnailImageUrl), alt: "",
      style: { aspectRatio: RATIO[it.imageAspectRatio ?? "rectangle"], objectFit: it.imageSize ?? "cover", background: it.imageBackgroundColor },
    }),
    h("div.words", it.title && h("b", it.title), it.text),
    h("div.acts", it.actions.map((action) => h("button", { type: "button", onclick: () => tap(action) }, action.label))));
}

function imagemap(it, tap) {
  const { width, height } = it.baseSize;
  return h("div.imagemap", h("img", { src: `${localLink(it.baseUrl)}/700`, alt: it.altText, style: { aspectRatio: `${width} / ${height}` } }),
    it.actions.map((action) => area(action.area, width, height, action.label ?? action.text ?? action.linkUri, () =>
      tap(action.type === "uri" ? { type: "uri", uri: action.linkUri } : action))));
}

/** A part of a picture that can be pressed. */
export function area(bounds, width, height, label, press) {
  const share = (part, whole) => `${(100 * part) / whole}%`;
  return h("button.area", {
    type: "button", "aria-label": label, title: label, onclick: press,
    style: {
      left: share(bounds.x, width), top: share(bounds.y, height),
      width: share(bounds.width, width), height: share(bounds.height, height),
    },
  });
}

/** Where a link may lead, in words: its host. */
export const hostOf = (uri) => (isWeb(uri) ? new URL(uri).host : uri);
