// Draws LINE Flex messages: bubbles and carousels, as the phone shows them.

import { localLink } from "./api.js";
import { h } from "./dom.js";

const WIDTH = { nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 386 };
const SPACE = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const TEXT = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const IMAGE = { xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220 };
const BORDER = { none: 0, light: 0.5, normal: 1, "semi-bold": 2, medium: 3, bold: 4 };
const PLACE = { start: "flex-start", end: "flex-end", center: "center", top: "flex-start", bottom: "flex-end" };
const SIDES = { Top: "offsetTop", Bottom: "offsetBottom", Left: "offsetStart", Right: "offsetEnd" };

const size = (table, value) => (value === undefined ? undefined : value in table ? `${table[value]}px` : value);
const colour = (value) => (/^#[0-9a-f]{6}([0-9a-f]{2})?$/i.test(value ?? "") ? value : undefined);

/** A Flex container; `tap` is called with the action of what is pressed. */
export function flex(container, tap) {
  if (container.type !== "carousel") return bubble(container, tap);
  return h("div.flex-carousel", { tabindex: 0, role: "group" }, container.contents.map((each) => bubble(each, tap)));
}

function bubble(it, tap) {
  const blocks = ["header", "hero", "body", "footer"].filter((name) => it[name]);
  const small = ["nano", "micro"].includes(it.size);
  const node = h("div.flex-bubble", {
    class: small ? "small" : "", dir: it.direction ?? "ltr", style: { width: `${WIDTH[it.size ?? "mega"]}px` },
  }, blocks.map((name, number) => {
    const style = it.styles?.[name] ?? {};
    const content = name === "hero" && it.hero.type === "video" ? it.hero.altContent : it[name];
    return [
      number > 0 && style.separator && h("hr.flex-separator", { style: { borderColor: colour(style.separatorColor) } }),
      h(`div.flex-${name}`, { style: { background: colour(style.backgroundColor) } }, component(content, "vertical", tap)),
    ];
  }));
  return pressable(node, it.action, tap);
}

function component(it, parent, tap, gap) {
  const draw = { box, text, button, image, icon, separator, filler: () => h("div"), spacer: () => h("div") }[it.type];
  if (!draw) return null;
  const node = draw(it, tap, parent);
  node.classList.add(`flex-${it.type}`);
  lay(node, it, parent, gap);
  return it.type === "button" ? node : pressable(node, it.action, tap);
}

/** Where a component stands in its box: share, margin, offsets. */
function lay(node, it, parent, gap) {
  const across = parent !== "vertical";
  const share = it.flex ?? (it.type === "filler" ? 1 : across && !["icon", "separator"].includes(it.type) ? 1 : 0);
  node.style.flex = share ? (across ? `${share} 1 0` : `${share} 0 auto`) : "0 0 auto";
  if (across && it.width) node.style.flex = "0 0 auto";
  const margin = size(SPACE, it.margin) ?? gap;
  if (margin !== undefined) node.style[across ? "marginInlineStart" : "marginTop"] = margin;
  if (it.gravity) node.style[across ? "alignSelf" : "justifyContent"] = PLACE[it.gravity];
  if (it.position) node.style.position = it.position;
  for (const [side, name] of Object.entries(SIDES)) {
    if (it[name] === undefined) continue;
    if (it.position !== "absolute") node.style.position = "relative";
    node.style[side.toLowerCase()] = size(SPACE, it[name]);
  }
}

function box(it, tap) {
  const across = it.layout !== "vertical";
  const gap = size(SPACE, it.spacing);
  const gradient = it.background?.type === "linearGradient" ? it.background : null;
  const stops = gradient && [gradient.startColor, gradient.centerColor && `${gradient.centerColor} ${gradient.centerPosition ?? "50%"}`, gradient.endColor].filter(Boolean);
  return h("div", {
    class: it.layout,
    style: {
      padding: size(SPACE, it.paddingAll),
      paddingTop: size(SPACE, it.paddingTop), paddingBottom: size(SPACE, it.paddingBottom),
      paddingInlineStart: size(SPACE, it.paddingStart), paddingInlineEnd: size(SPACE, it.paddingEnd),
      background: gradient ? `linear-gradient(${gradient.angle}, ${stops.join(", ")})` : colour(it.backgroundColor),
      borderStyle: it.borderWidth && it.borderWidth !== "none" ? "solid" : undefined,
      borderWidth: size(BORDER, it.borderWidth), borderColor: colour(it.borderColor),
      borderRadius: size(SPACE, it.cornerRadius), overflow: it.cornerRadius ? "hidden" : undefined,
      width: it.width, height: it.height, maxWidth: it.maxWidth, maxHeight: it.maxHeight,
      justifyContent: PLACE[it.justifyContent] ?? it.justifyContent, alignItems: PLACE[it.alignItems] ?? it.alignItems,
    },
  }, it.contents.map((each, number) => component(each, across ? it.layout : "vertical", tap, number ? gap : undefined)));
}

function text(it) {
  const node = h("div", {
    class: it.wrap ? "wrap" : "cut",
    style: {
      ...letters(it), fontSize: size(TEXT, it.size ?? "md"), textAlign: it.align,
      lineHeight: it.lineSpacing && `calc(1.35em + ${it.lineSpacing})`,
    },
  }, it.contents?.length
    ? it.contents.map((span) => h("span", { style: { ...letters(span), fontSize: size(TEXT, span.size) } }, span.text))
    : it.text ?? "");
  if (it.wrap && it.maxLines) {
    node.classList.add("clamp");
    node.style.setProperty("-webkit-line-clamp", it.maxLines);
  }
  return node;
}

const letters = (it) => ({
  color: colour(it.color), fontWeight: it.weight === "bold" ? 700 : undefined,
  fontStyle: it.style === "italic" ? "italic" : undefined,
  textDecoration: it.decoration === "none" ? undefined : it.decoration,
});

function button(it, tap) {
  const style = it.style ?? "link";
  const key = style === "link" ? "color" : "background";
  return h("div", h("button", {
    type: "button", class: `${style} ${it.height ?? "md"}`, style: { [key]: colour(it.color) }, onclick: () => tap(it.action),
  }, it.action.label));
}

function image(it) {
  const [w, tall] = (it.aspectRatio ?? "1:1").split(":").map(Number);
  const align = { start: "flex-start", end: "flex-end" }[it.align] ?? "center";
  return h("div", { style: { alignItems: align } }, h("img", {
    src: localLink(it.url), alt: it.action?.label ?? "", loading: "lazy",
    style: {
      width: it.size === "full" ? "100%" : size(IMAGE, it.size ?? "md"), aspectRatio: `${w} / ${tall}`,
      objectFit: it.aspectMode === "cover" ? "cover" : "contain", background: colour(it.backgroundColor),
    },
  }));
}

function icon(it) {
  const [w, tall] = (it.aspectRatio ?? "1:1").split(":").map(Number);
  return h("img", { src: localLink(it.url), alt: "", style: { height: size(TEXT, it.size ?? "md"), aspectRatio: `${w} / ${tall}` } });
}

function separator(it, tap, parent) {
  return h("div", { role: "presentation", class: parent === "vertical" ? "lying" : "standing", style: { background: colour(it.color) } });
}

/** Makes anything with an action work with finger and keyboard. */
function pressable(node, action, tap) {
  if (!action) return node;
  node.classList.add("pressable");
  node.tabIndex = 0;
  node.setAttribute("role", "button");
  if (action.label) node.setAttribute("aria-label", action.label);
  const press = (event) => {
    if (event.target.closest("button, a, [role=button]") !== node) return;
    if (event.type === "keydown" && !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    tap(action);
  };
  node.addEventListener("click", press);
  node.addEventListener("keydown", press);
  return node;
}
