// Draws the elements of Slack that hold a value, and says what is wrong with a value.

import { dismissable, fill, h, icon } from "./dom.js";
import { words } from "./mrkdwn.js";
import { fieldTime, say } from "./words.js";

const TYPED = { plain_text_input: "text", number_input: "number", email_text_input: "email", url_text_input: "url" };
const DATED = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" };
const LISTED = { users: "users", channels: "channels", conversations: "channels" };

/** Whether an element holds a value that a person types or picks. */
export const isField = (it) => it.type in TYPED || it.type in DATED || /select$|^radio_buttons$|^checkboxes$|^rich_text_input$|^file_input$/.test(it.type);

const isMany = (it) => it.type.startsWith("multi_") || ["checkboxes", "file_input"].includes(it.type);

/** What a field holds before anybody touches it: a string, a list of strings, or null. */
export function start(it) {
  const plain = (option) => option?.value ?? option ?? null;
  const key = Object.keys(it).find((name) => name.startsWith("initial_"));
  const value = key ? it[key] : null;
  if (isMany(it)) return (value ?? []).map(plain);
  return it.type === "datetimepicker" ? value : plain(value);
}

/** The value within one entry of Slack's `state.values`. */
export function held(entry) {
  if (entry === null || typeof entry !== "object" || Array.isArray(entry)) return entry;
  const key = Object.keys(entry).find((name) => name === "value" || name.startsWith("selected_") || name === "rich_text_value");
  const value = entry[key ?? "files"] ?? null;
  return Array.isArray(value) ? value.map((option) => option.value ?? option.id ?? option) : value?.value ?? value;
}

/** What Slack's own window would say about a value before sending it; null if nothing. */
export function complaint(block, value) {
  const it = block.element;
  const empty = value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
  if (empty) return block.optional ? null : say("missing");
  if (it.type === "plain_text_input" && it.min_length && value.length < it.min_length) return say("bad.short", { n: it.min_length });
  if (it.type === "email_text_input" && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(value)) return say("bad.email");
  if (it.type === "url_text_input" && !/^https?:\/\/\S+$/.test(value)) return say("bad.url");
  if (it.type === "number_input") return number(it, value);
  return null;
}

function number(it, value) {
  if (!(it.is_decimal_allowed ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/).test(value)) return say("bad.number");
  const { min_value: min = "", max_value: max = "" } = it;
  const outside = (min !== "" && Number(value) < Number(min)) || (max !== "" && Number(value) > Number(max));
  return outside ? say("bad.range", { min, max }) : null;
}

/** The drawn field; `changed(value, "typing" | "done")` hears of every change. */
export function field(block, it, place, { id, error, changed }) {
  const value = place.value(block, it);
  const common = {
    id, "data-field": `${place.id ?? ""} ${block.block_id} ${it.action_id}`,
    "aria-invalid": error ? "true" : null, "aria-describedby": error ? `${id}-error` : null, autofocus: it.focus_on_load,
    "aria-label": id ? null : it.placeholder?.text ?? it.action_id,
  };
  const context = { block, it, place, value, common, changed, people: place.people };
  if (it.type in TYPED) return typed(context);
  if (it.type in DATED) return dated(context);
  if (it.type === "radio_buttons" || it.type === "checkboxes") return boxes(context);
  if (it.type === "rich_text_input") return typed({ ...context, it: { ...it, multiline: true } });
  if (it.type === "file_input") return files(context);
  if (isMany(it) || it.type === "external_select") return picker(context);
  return select(context);
}

function typed({ it, value, common, changed }) {
  const long = it.multiline;
  const left = h("span.left");
  const count = () => {
    const n = (it.max_length ?? 3000) - input.value.length;
    left.textContent = it.max_length && n < Math.max(20, it.max_length / 5) ? say("slack.characters", { n }) : "";
  };
  const enters = it.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const input = h(long ? "textarea" : "input", {
    ...common, type: long ? null : it.type === "number_input" ? "text" : TYPED[it.type], rows: long ? 5 : null,
    inputmode: it.type === "number_input" ? (it.is_decimal_allowed ? "decimal" : "numeric") : null,
    placeholder: it.placeholder?.text, maxlength: it.max_length, autocomplete: "off",
    oninput: () => { count(); changed(input.value, enters.includes("on_character_entered") ? "done" : "typing"); },
    onkeydown: (event) => {
      if (event.key !== "Enter" || long || event.isComposing) return;
      event.preventDefault();
      changed(input.value, enters.includes("on_enter_pressed") ? "done" : "typing");
    },
  });
  input.value = value ?? "";
  count();
  return h("div.typed", input, left);
}

function dated({ it, value, common, changed }) {
  const moment = it.type === "datetimepicker";
  const input = h("input", {
    ...common, type: DATED[it.type],
    onchange: () => changed(moment ? (input.value ? Date.parse(`${input.value}+09:00`) / 1000 : null) : input.value || null, "done"),
  });
  input.value = (moment && value ? fieldTime(value * 1000) : value) ?? "";
  return input;
}

function boxes({ it, value, common, changed, people }) {
  const many = it.type === "checkboxes";
  const group = h("div.boxes", it.options.map((option, n) => {
    const box = h("input", {
      type: many ? "checkbox" : "radio", name: common["data-field"], "data-field": `${common["data-field"]} ${option.value}`,
      id: n === 0 ? common.id : null,
      onchange: () => changed(many ? [...group.querySelectorAll("input")].filter((each) => each.checked).map((each) => each.dataset.value) : option.value, "done"),
    });
    box.dataset.value = option.value;
    box.checked = many ? (value ?? []).includes(option.value) : value === option.value;
    return h("label.box", box, h("span", words(option.text, people), option.description && h("small", words(option.description, people))));
  }));
  return group;
}

function files({ it, value, common, changed, place }) {
  let chosen = [...(value ?? [])];
  const chips = h("span.chips");
  const draw = () => fill(chips, chosen.map((id) => h("span.chip", place.labels.get(id) ?? id, h("button", {
    type: "button", "aria-label": say("close"), onclick: () => { chosen = chosen.filter((each) => each !== id); draw(); changed([...chosen], "done"); },
  }, icon("close", 12)))));
  const input = h("input", {
    ...common, type: "file", hidden: true, multiple: (it.max_files ?? 10) > 1, accept: it.filetypes?.map((kind) => `.${kind}`).join(","),
    onchange: async () => {
      for (const file of [...input.files].slice(0, (it.max_files ?? 10) - chosen.length)) {
        const id = await place.upload(file);
        if (!id) continue;
        place.labels.set(id, file.name);
        chosen.push(id);
      }
      draw();
      changed([...chosen], "done");
    },
  });
  draw();
  return h("div.chosen.files", h("button.kit-button", { type: "button", onclick: () => input.click() }, icon("plus", 15), say("slack.choose.file")), chips, input);
}

function offered(it, people) {
  const list = Object.keys(LISTED).find((name) => it.type.includes(name));
  if (list) return [{ options: people[LISTED[list]]().map((each) => ({ text: { type: "plain_text", text: each.name }, value: each.id })) }];
  return it.option_groups ?? [{ options: it.options ?? [] }];
}

function select({ it, value, common, changed, people }) {
  const one = (option) => h("option", { value: option.value }, option.text.text);
  const node = h("select", { ...common, onchange: () => changed(node.value || null, "done") },
    h("option", { value: "" }, it.placeholder?.text ?? say("slack.choose")),
    offered(it, people).map((group) => (group.label ? h("optgroup", { label: group.label.text }, group.options.map(one)) : group.options.map(one))));
  node.value = value ?? "";
  if (!value) node.classList.add("empty");
  return node;
}

/** A list to choose one or several from, filtered by typing, here or by the app. */
function picker({ block, it, place, value, common, changed, people }) {
  const many = isMany(it);
  const external = it.type.includes("external");
  let chosen = many ? [...(value ?? [])] : value ? [value] : [];
  const labels = place.labels ?? new Map();
  const learn = (groups) => groups.forEach((group) => group.options.forEach((option) => labels.set(option.value, option.text.text)));
  learn(external ? [{ options: [it.initial_option, ...(it.initial_options ?? [])].filter(Boolean) }] : offered(it, people));

  const chips = h("span.chips");
  const input = h("input", {
    ...common, type: "text", role: "combobox", "aria-expanded": "false", autocomplete: "off", placeholder: it.placeholder?.text ?? say("slack.filter"),
    onfocus: () => open(), oninput: () => search(),
    onkeydown: (event) => {
      if (event.key === "Backspace" && !input.value && many && chosen.length) toggle(chosen.at(-1));
      if (event.key === "ArrowDown") list.querySelector("button")?.focus();
    },
  });
  const list = h("div.popup.options", { role: "listbox", hidden: true });
  const node = h("div.picker", h("div.chosen", chips, input, icon(external ? "search" : "down", 16)), list);

  const decide = () => {
    drawChips();
    changed(many ? [...chosen] : chosen[0] ?? null, "done");
  };
  const toggle = (option) => {
    if (!many) chosen = chosen[0] === option ? [] : [option];
    else if (chosen.includes(option)) chosen = chosen.filter((each) => each !== option);
    else if (chosen.length < (it.max_selected_items ?? 100)) chosen = [...chosen, option];
    input.value = "";
    if (!many) close();
    else search();
    decide();
  };
  const drawChips = () => {
    fill(chips, chosen.map((option) => h("span.chip", labels.get(option) ?? option,
      h("button", { type: "button", "aria-label": say("close"), onclick: () => toggle(option) }, icon("close", 12)))));
    input.hidden = !many && chosen.length > 0;
  };
  const open = () => {
    if (!list.hidden) return;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    search();
    dismissable(node, close);
  };
  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); };
  let asked = 0;
  const search = async () => {
    const query = input.value.trim();
    const turn = ++asked;
    let groups = external ? null : offered(it, people);
    if (external) {
      if (query.length < (it.min_query_length ?? 3)) return fill(list, h("p.faint", say("slack.filter")));
      groups = await place.options(block, it, query);
      if (turn !== asked) return null;
      learn(groups);
    }
    const fits = (option) => external || option.text.text.toLowerCase().includes(query.toLowerCase());
    const rows = groups.flatMap((group) => {
      const options = group.options.filter(fits);
      return options.length && group.label ? [h("p.faint", group.label.text), ...options.map(row)] : options.map(row);
    });
    fill(list, rows.length ? rows : h("p.faint", say("slack.nothing")));
    return list.scrollIntoView({ block: "nearest" });
  };
  const row = (option) => h("button", {
    type: "button", role: "option", "aria-selected": String(chosen.includes(option.value)), onclick: () => toggle(option.value),
    onkeydown: (event) => {
      const to = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
      if (to) { event.preventDefault(); (event.currentTarget[to] ?? input).focus(); }
    },
  }, many && h("i.tick", chosen.includes(option.value) && icon("check", 12)),
  h("span", option.text.text, option.description && h("small", option.description.text)));
  drawChips();
  return node;
}
