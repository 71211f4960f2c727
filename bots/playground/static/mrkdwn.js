// Draws Slack's text: mrkdwn, plain text with emoji names, and rich text.

import { isWeb, localLink } from "./api.js";
import { h } from "./dom.js";

const EMOJI = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", hourglass: "⌛", hourglass_flowing_sand: "⏳",
  tada: "🎉", wave: "👋", bell: "🔔", memo: "📝", pencil: "📝", pencil2: "✏️", mag: "🔍", calendar: "📅", date: "📅",
  clock3: "🕒", yen: "💴", moneybag: "💰", office: "🏢", bulb: "💡", eyes: "👀", "+1": "👍", thumbsup: "👍", pray: "🙏",
  bookmark: "🔖", star: "⭐", arrow_right: "➡️", arrow_left: "⬅️", leftwards_arrow_with_hook: "↩️", speech_balloon: "💬",
  email: "✉️", envelope: "✉️", paperclip: "📎", lock: "🔒", key: "🔑", red_circle: "🔴", large_blue_circle: "🔵",
  large_green_circle: "🟢", large_yellow_circle: "🟡", white_circle: "⚪", no_entry: "⛔", question: "❓", exclamation: "❗",
  information_source: "ℹ️", handshake: "🤝", page_facing_up: "📄", inbox_tray: "📥", outbox_tray: "📤", computer: "💻", seedling: "🌱",
};

const entities = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
const emoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] ?? whole);

/** A text object, or a bare string of mrkdwn. `people` names users and channels. */
export function words(it, people) {
  if (!it) return [];
  if (typeof it === "string") return mrkdwn(it, people);
  return it.type === "plain_text" ? [it.emoji === false ? it.text : emoji(it.text)] : mrkdwn(it.text, people);
}

/** Paragraphs with quotes and code blocks. */
export function mrkdwn(text, people) {
  return text.split(/```\n?([\s\S]*?)```/).flatMap((part, number) =>
    number % 2 ? [h("pre", entities(part))] : quoted(part, people));
}

function quoted(text, people) {
  const out = [];
  let quote = [];
  const flush = () => {
    if (quote.length) out.push(h("blockquote", inline(quote.join("\n"), people)));
    quote = [];
  };
  const lines = text.split("\n");
  lines.forEach((line, number) => {
    if (/^(&gt;|>)/.test(line)) return quote.push(line.replace(/^(&gt;|>) ?/, ""));
    flush();
    return out.push(...inline(line, people), number < lines.length - 1 ? "\n" : "");
  });
  flush();
  return out;
}

const MARKS = [
  [/`([^`\n]+)`/, (m) => h("code", entities(m[1]))],
  [/<([^<>]+)>/, (m, people) => reference(m[1], people)],
  [/(?<![\w*])\*(?=\S)([^*\n]*?\S)\*(?![\w*])/, (m, people) => h("b", inline(m[1], people))],
  [/(?<!\w)_(?=\S)([^_\n]*?\S)_(?!\w)/, (m, people) => h("i", inline(m[1], people))],
  [/(?<!\w)~(?=\S)([^~\n]*?\S)~(?!\w)/, (m, people) => h("s", inline(m[1], people))],
];

function inline(text, people) {
  let first = null;
  for (const [pattern, draw] of MARKS) {
    const found = pattern.exec(text);
    if (found && (!first || found.index < first.found.index)) first = { found, draw };
  }
  if (!first) return text ? [emoji(entities(text))] : [];
  const { found, draw } = first;
  return [...inline(text.slice(0, found.index), people), draw(found, people), ...inline(text.slice(found.index + found[0].length), people)];
}

function reference(inner, people) {
  const [target, label] = inner.split(/\|(.*)/s);
  if (target.startsWith("@")) return mention(people.user(target.slice(1)));
  if (target.startsWith("#")) return mention(label ?? people.channel(target.slice(1)), "#");
  if (target.startsWith("!date^")) return h("time", label ?? target);
  if (target.startsWith("!")) return mention(label?.replace(/^@/, "") ?? target.slice(1).split("^")[0]);
  return link(entities(target), label === undefined ? undefined : entities(label));
}

const mention = (name, sign = "@") => h("span.mention", sign + name);

function link(uri, label) {
  if (/^(mailto|tel):/.test(uri)) return h("a", { href: uri }, label ?? uri.replace(/^\w+:/, ""));
  if (!isWeb(uri)) return h("span", label ?? uri);
  return h("a", { href: localLink(uri), target: "_blank", rel: "noopener noreferrer" }, label ?? uri);
}

/** The elements of a rich_text block. */
export function richText(elements, people) {
  return elements.map((it) => {
    if (it.type === "rich_text_list") {
      const tag = it.style === "ordered" ? "ol" : "ul";
      return h(tag, { style: { marginInlineStart: `${(it.indent ?? 0) * 20}px` } }, it.elements.map((item) => h("li", rich(item.elements, people))));
    }
    const tag = { rich_text_preformatted: "pre", rich_text_quote: "blockquote" }[it.type] ?? "p";
    return h(tag, rich(it.elements, people));
  });
}

function rich(elements, people) {
  return elements.map((it) => {
    const node = {
      text: () => it.text,
      link: () => link(it.url, it.text),
      emoji: () => EMOJI[it.name] ?? `:${it.name}:`,
      user: () => mention(people.user(it.user_id)),
      channel: () => mention(people.channel(it.channel_id), "#"),
      broadcast: () => mention(it.range),
      date: () => it.fallback ?? "",
    }[it.type]?.() ?? "";
    return styled(node, it.style ?? {});
  });
}

const STYLES = { code: "code", strike: "s", italic: "i", bold: "b", underline: "u" };
const styled = (node, style) => Object.entries(STYLES).reduce((inner, [name, tag]) => (style[name] ? h(tag, inner) : inner), node);
