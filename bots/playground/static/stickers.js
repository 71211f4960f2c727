// Stickers of our own: a face and a word, for the few that the phone offers.

import { h } from "./dom.js";
import { say } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

/** What the sticker button offers: ids as LINE would send them, the keywords that the app may read. */
export const STICKERS = [
  { package: "446", sticker: "1988", keywords: ["OK", "agreed"], word: "ok", mouth: "M18 30q6 7 12 0", tint: "#fde68a" },
  { package: "446", sticker: "1993", keywords: ["thanks", "happy"], word: "thanks", mouth: "M17 29q7 9 14 0z", tint: "#fecdd3" },
  { package: "446", sticker: "2006", keywords: ["please", "request"], word: "please", mouth: "M20 31h8", tint: "#bfdbfe" },
  { package: "446", sticker: "2000", keywords: ["great", "amazed"], word: "great", mouth: "M24 31m-3.5 0a3.5 3.5 0 107 0a3.5 3.5 0 10-7 0", tint: "#bbf7d0" },
  { package: "446", sticker: "2008", keywords: ["sorry", "apology"], word: "sorry", mouth: "M18 33q6-6 12 0", tint: "#ddd6fe" },
  { package: "446", sticker: "2019", keywords: ["question", "confused"], word: "what", mouth: "M19 32q3-3 5 0t5-1", tint: "#fed7aa" },
];

/** A sticker that was sent, by either side. */
export function sticker(it) {
  const known = STICKERS.find((each) => each.sticker === String(it.stickerId)) ?? STICKERS[0];
  return draw(known, 128);
}

/** The picture of one sticker. */
export function draw(it, width) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 48 48");
  svg.setAttribute("aria-hidden", "true");
  const shape = (tag, fields) => {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(fields)) node.setAttribute(name, value);
    svg.append(node);
  };
  shape("circle", { cx: 24, cy: 24, r: 19, fill: it.tint, stroke: "#44403c", "stroke-width": 1.6 });
  for (const cx of [17.5, 30.5]) shape("circle", { cx, cy: 22, r: 1.9, fill: "#44403c" });
  for (const cx of [13.5, 34.5]) shape("circle", { cx, cy: 27, r: 2.6, fill: "#fb7185", opacity: 0.45 });
  shape("path", { d: it.mouth, fill: it.mouth.endsWith("z") ? "#fff" : "none", stroke: "#44403c", "stroke-width": 1.7, "stroke-linecap": "round", "stroke-linejoin": "round" });
  const word = say(`sticker.${it.word}`);
  return h("div.sticker", { role: "img", "aria-label": word, style: { width: `${width}px` } }, svg, h("b", { style: { fontSize: `${width / 7.5}px` } }, word));
}
