// What the page asks of the server.

import { toast } from "./dom.js";
import { say } from "./words.js";

const HEADERS = { "X-Playground": "1" };

async function post(path, body, headers = { "Content-Type": "application/json" }) {
  let response;
  try {
    response = await fetch(`/play/api/${path}`, { method: "POST", headers: { ...HEADERS, ...headers }, body });
  } catch {
    toast(say("error.offline"));
    return null;
  }
  if (response.ok) return response.json();
  const code = response.status < 500 ? await response.text() : "";
  toast(say(`error.${code}`, {}, "error.other"));
  return null;
}

const json = (path, fields = {}) => post(path, JSON.stringify(fields));

/** One thing a person does on the phone. */
export const onThePhone = (user, act, fields) => json(`line/${encodeURIComponent(user)}/${act}`, fields);

/** A photo, a file, sound or film from the phone. */
export const sendFile = (user, act, file) =>
  post(`line/${encodeURIComponent(user)}/${act}?name=${encodeURIComponent(file.name)}`, file, {
    "Content-Type": file.type || "application/octet-stream",
  });

/** One thing a person does in Slack. */
export const inSlack = (user, act, fields) => json(`slack/${encodeURIComponent(user)}/${act}`, fields);

/** Puts a file into Slack; returns its id, or null. */
export async function upload(user, file) {
  const done = await post(`slack/${encodeURIComponent(user)}/upload?name=${encodeURIComponent(file.name)}`, file, {
    "Content-Type": file.type || "application/octet-stream",
  });
  return done?.answer ?? null;
}

export const addPerson = (kind) => json("users", { kind });
export const turnClock = (fields) => json("clock", fields);
export const playStory = (fields) => json("story", fields);
export const resetAll = () => json("reset");

/** What the screens of these people show now; null while the server cannot be reached. */
export async function look(phones, windows) {
  const query = new URLSearchParams([...phones.map((id) => ["line", id]), ...windows.map((id) => ["slack", id])]);
  try {
    const response = await fetch(`/play/api/state?${query}`);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/** Calls `hear` with each piece of news, and `connected` whenever the line is (again) there or lost. */
export function listen(hear, connected) {
  const stream = new EventSource("/play/api/stream");
  stream.onopen = () => connected(true);
  stream.onerror = () => connected(false);
  stream.onmessage = (event) => hear(JSON.parse(event.data));
}

let api = "";
/** Where the fake LINE's API lies, below which its pictures are. */
export function useApi(prefix) { api = prefix; }

/** The address of a rich menu's picture, or of a picture that a person sent. */
export const lineFile = (path) => `${api}/${path}`;

/** The app's own links carry a made-up host in the playground; they lead back here. */
export function localLink(uri) {
  return /^https:\/\/play\.invalid(?=[/?#]|$)/.test(uri) ? uri.replace("https://play.invalid", location.origin) : uri;
}

/** Whether a link may be followed at all: never a script. */
export const isWeb = (uri) => /^https?:\/\//i.test(uri);
