// Puts the screens on the page, keeps them up to date and remembers who is looked at.

import { listen, look, useApi } from "./api.js";
import { Desk } from "./desk.js";
import { fill, h, icon } from "./dom.js";
import { drawPeople } from "./people.js";
import { Phone } from "./phone.js";
import { SlackWindow } from "./slack.js";
import { language, learnTurns, say, speak } from "./words.js";

const wide = matchMedia("(min-width: 1800px)"); // room for two Slack windows
const kept = (key) => JSON.parse(localStorage.getItem(key) ?? "null");
const keep = (key, value) => localStorage.setItem(key, JSON.stringify(value));

const chosen = { line: kept("line"), slack: kept("slack") ?? [] };
const phone = new Phone();
const windows = [new SlackWindow(), new SlackWindow()];
const desk = new Desk({ redraw: () => draw(state) });
let state = null;
let tab = "phone";

const phoneSeat = h("div.seat");
const slackSeats = windows.map(() => h("div.seat"));
const stage = document.getElementById("stage");
fill(stage,
  h("div.column.phone-column", { id: "phone", role: "tabpanel" }, phoneSeat, phone.node),
  h("div.column.slack-column", { id: "slack", role: "tabpanel" }, windows.map((window, n) => h("div.column", slackSeats[n], window.node))));

/** Who is shown: as chosen before, else the first of each kind. */
function settle({ line, slack }) {
  const has = (users, id) => users.some((user) => user.id === id);
  if (!has(line.users, chosen.line)) chosen.line = line.users[0]?.id ?? null;
  const known = chosen.slack.filter((id) => has(slack.users, id));
  const first = (kind) => slack.users.find((user) => user.kind === kind && !known.includes(user.id))?.id;
  for (const id of [first("expert"), first("clerk"), ...slack.users.map((user) => user.id)]) {
    if (id && !known.includes(id) && known.length < 2) known.push(id);
  }
  chosen.slack = known;
  keep("line", chosen.line);
  keep("slack", chosen.slack);
}

function show(kind, id, seat = 0) {
  if (kind === "line") chosen.line = id;
  else {
    const other = chosen.slack.indexOf(id);
    if (other >= 0) [chosen.slack[seat], chosen.slack[other]] = [chosen.slack[other], chosen.slack[seat]];
    else chosen.slack[seat] = id;
  }
  keep("line", chosen.line);
  keep("slack", chosen.slack);
  refresh();
}

const seats = () => (wide.matches ? 2 : 1);

let looking = false;
let again = false;
/** Looks at the server; news that come meanwhile lead to one more look. */
async function refresh() {
  if (looking) { again = true; return; }
  looking = true;
  do {
    again = false;
    const next = await look([chosen.line].filter(Boolean), chosen.slack.slice(0, seats()));
    if (next) draw(next);
  } while (again);
  looking = false;
}

function draw(next) {
  state = next;
  document.title = `${say("title")} ${say("title.sub")}`;
  const before = JSON.stringify(chosen);
  settle(next);
  if (before !== JSON.stringify(chosen)) again = true;
  useApi(next.line.api);
  learnTurns(next.clock.turns);
  desk.show(next);
  drawTabs();
  stage.dataset.tab = tab;
  stage.dataset.windows = seats();
  seat(phoneSeat, { people: next.line.users.map((user) => ({ ...user, kind: "company" })), chosen: chosen.line, kinds: ["company"], choose: (id) => show("line", id) });
  const screen = next.line.phones[chosen.line];
  if (screen) { phone.show(screen); phone.tick(desk.now); }
  windows.forEach((window, n) => {
    window.node.parentElement.hidden = n >= seats();
    const seen = next.slack.windows[chosen.slack[n]];
    if (n >= seats() || !seen) return;
    seat(slackSeats[n], { people: next.slack.users, chosen: chosen.slack[n], kinds: ["expert", "clerk"], choose: (id) => show("slack", id, n) });
    window.show(seen);
  });
  document.body.classList.add("ready");
}

function seat(node, fields) {
  const stamp = JSON.stringify([fields.people, fields.chosen, language]);
  if (node.stamp === stamp) return;
  node.stamp = stamp;
  drawPeople(node, fields);
}

function drawTabs() {
  fill(document.getElementById("tabs"), [["phone", "phone"], ["slack", "window"]].map(([name, symbol]) => h("button", {
    type: "button", role: "tab", "aria-controls": name, "aria-selected": String(tab === name), onclick: () => turn(name),
  }, icon(symbol, 18), say(`tab.${name}`))));
}

function turn(name) {
  tab = name;
  stage.dataset.tab = tab;
  drawTabs();
  refresh();
}

/** Brings the people of the story's present step to the front. */
function follow({ line, slack, place }) {
  if (line) {
    phone.bring(line, place);
    show("line", line);
    turn("phone");
  }
  if (slack && !chosen.slack.slice(0, seats()).includes(slack)) show("slack", slack, seats() > 1 && kindOf(slack) === "clerk" ? 1 : 0);
  if (slack) {
    for (const window of windows) window.bring(slack, place);
    turn("slack");
  }
}

const kindOf = (id) => state?.slack.users.find((user) => user.id === id)?.kind;

function hear(news) {
  if (news.story) {
    desk.tell(news.story);
    desk.draw();
    follow(news.story);
  }
  refresh();
}

speak(language);
wide.addEventListener("change", refresh);
setInterval(() => { desk.tick(); if (phone.state) phone.tick(desk.now); }, 1000);
listen(hear, (online) => {
  desk.online = online;
  desk.draw();
  if (online) refresh();
});
await refresh();
