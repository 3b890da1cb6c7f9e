import { numberOf, read, genuine, judge } from "./judging.js";
import { all } from "./outbox.js";
import { scan } from "./scan.js";
import { ask } from "./session.js";
import { state } from "./store.js";

/**
 * The guard's page checks a pass by what the page holds: keys, what is known of today's passes, and what this phone
 * itself has still to send. Nothing here needs a signal.
 */
const MINUTE = 60e3;
const OFF = 2 * MINUTE;
const OLD = 2 * 60 * MINUTE;

const main = () => /** @type {HTMLElement} */ (document.querySelector("main[data-gate]"));
const one = (what, where = main()) => /** @type {any} */ (where.querySelector(what));
const every = (what) => /** @type {HTMLElement[]} */ ([...main().querySelectorAll(what)]);

/** How far the server's clock is ahead of this phone's, as last heard. */
let ahead = 0;
/** What is being looked at: a pass as it is known here, and what its own text said. */
let shown = null;

/** The server's time; never earlier than the page, whatever this phone's clock shows. */
const now = () => Math.max(Date.now() + ahead, Number(main().dataset.asOf));

/** Compare clocks where there is a signal; keep what was found for where there is none. */
async function compareClocks() {
  const asked = Date.now();
  const said = await ask("/me");
  if (said?.ok) {
    const { server_at } = await said.json();
    ahead = Date.parse(server_at) - (asked + Date.now()) / 2;
    await state.set("clock_ahead", ahead);
  } else ahead = (await state.get("clock_ahead")) || 0;
  sayTimes();
}

function fillHidden(place, gaps, hidden) {
  place.hidden = hidden;
  place.dataset.text ||= place.textContent;
  place.textContent = place.dataset.text.replace(/\{(\w+)\}/g, (_, gap) => gaps[gap]);
}

function sayTimes() {
  const behind = Math.max(Math.abs(ahead), Number(main().dataset.asOf) - Date.now() - ahead);
  fillHidden(one("[data-clock-off]"), { minutes: Math.round(behind / MINUTE) }, behind < OFF);
  const age = now() - Number(main().dataset.asOf);
  fillHidden(one("[data-old]"), { hours: Math.round(age / 60 / MINUTE) }, age < OLD);
  const night = one("[data-night]");
  if (!night) return;
  const time = clock(now());
  const { opens, closes } = night.dataset;
  night.hidden = opens <= closes ? opens <= time && time < closes : time >= opens || time < closes;
}

/** What is known here of a pass by its number; null where nothing is. */
function known(number) {
  const row = every("[data-pass]").find(({ dataset }) => dataset.pass === number);
  if (!row) return null;
  const { name, way, since, until, uses, state: stands, conditions, escort, testedUntil } = row.dataset;
  return {
    number, name, way, state: stands, escort, conditions,
    since: Number(since), until: Number(until), uses: Number(uses), testedUntil,
    away: "away" in row.dataset, used: "used" in row.dataset,
  };
}

/** A pass that this phone's list does not have, as its own text says. */
const claimed = (claims) => ({
  ...claims, state: "valid", escort: "", since: claims.since * 1000, until: claims.until * 1000, away: false, used: false,
});

/** Add what this phone has said of it and the page does not show yet. */
async function withOwn(pass) {
  const said = (await all()).filter(
    ({ kind, data, state: stands }) =>
      kind === "pass.cross" && stands !== "refused" && String(data.let) !== "false" && numberOf(data.number) === pass.number,
  );
  for (const { data } of said) Object.assign(pass, { away: data.way === pass.way, used: true });
  return pass;
}

/** Check a text that was scanned, or a number. */
async function check(text) {
  const claims = read(text.trim());
  const number = claims ? String(claims.number) : numberOf(text);
  let wrong = claims ? await wrongOf(text.trim(), claims) : "";
  if (!claims && !number) wrong = unread(text.trim());
  const pass = number && !["forged", "other"].includes(wrong) && (known(number) || (claims && !wrong && claimed(claims)));
  if (!pass && !wrong) wrong = "unknown";
  if (number) one("[data-number]").value = number;
  shown = pass ? { ...(await withOwn(pass)), wrong } : { wrong, name: claims?.name || "" };
  if (pass) choose(pass.away ? (pass.way === "out" ? "in" : "out") : pass.way);
  draw();
}

/** What is wrong with a text that is neither a pass nor a number. */
function unread(text) {
  if (text.startsWith("SWP1.")) return "forged";
  return /^[\d\s-]*$/.test(text.normalize("NFKC")) ? "misread" : "no_pass";
}

/** Why the text of a pass is not to be trusted; empty where it is. */
async function wrongOf(token, claims) {
  if (String(claims.community) !== main().dataset.community) return "other";
  const key = every("[data-key]").find(({ dataset }) => dataset.key === claims.key);
  if (!key || !crypto.subtle) return "new_key";
  if (!(await genuine(token, key.dataset.public))) return "forged";
  return "retired" in key.dataset ? "old_key" : "";
}

const going = () => one('[name="way"]:checked')?.value;
const choose = (way) => (one(`[name="way"][value="${way}"]`).checked = true);
const word = (name) => one(`template[${name}]`).content.textContent;
/** The time where people live, whatever zone this phone is set to. */
const clock = (at) =>
  new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: main().dataset.zone });
const filled = (text, gaps) => text.replace(/\{(\w+)\}/g, (_, gap) => gaps[gap]);

function draw() {
  const found = shown.wrong || judge(shown, going(), now());
  const said = one(`template[data-word="${found}"]`);
  const fine = said.dataset.fine === "true";
  const verdict = one(".verdict");
  verdict.textContent = `${fine ? "✓" : "✕"} ${said.content.textContent}`;
  verdict.dataset.tone = fine ? (found === "ok" ? "go" : "wait") : "stop";
  one("[data-name]").textContent = shown.name || "";
  const hours = { since: clock(shown.since), until: clock(shown.until) };
  one("[data-detail]").textContent = shown.since ? filled(word("data-hours"), hours) : "";
  one("[data-as]").value = found;
  one("[data-verdict]").hidden = false;
  one("[data-let]").disabled = !fine;
  drawAsks((shown.wrong ? "" : shown.conditions || "").split(" "));
}

/** What is to be looked at; tools when somebody leaves, the rest when they set out. */
function drawAsks(conditions) {
  const first = going() === shown.way;
  const asked = conditions.filter((key) => (key === "tools" ? !first : first));
  one("[data-asks]").hidden = !asked.some(Boolean);
  for (const tick of every("[data-ask]")) {
    tick.hidden = !asked.includes(tick.dataset.ask);
    one("input", tick).checked = false;
    const more = one("[data-more]", tick);
    if (tick.dataset.ask === "escort") more.textContent = shown.escort ? `· ${shown.escort}` : "";
    if (tick.dataset.ask === "test") more.textContent = tested();
  }
}

function tested() {
  if (shown.testedUntil === undefined) return "";
  const until = Number(shown.testedUntil);
  return `· ${until > now() ? filled(word("data-tested"), { at: clock(until) }) : word("data-untested")}`;
}

function clear() {
  shown = null;
  one("[data-verdict]").hidden = true;
  one("[data-asks]").hidden = true;
  one("[data-let]").disabled = false;
  one("[data-as]").value = "ok";
}

document.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-number]")) return;
  if (target.value.replace(/\D/g, "").length >= 8) check(target.value);
  else one("[data-verdict]").hidden = true;
});
document.addEventListener("change", ({ target }) => {
  if (target.name === "way" && shown) draw();
});
document.addEventListener("click", ({ target }) => {
  const row = target.closest("[data-take]")?.parentElement;
  if (row) {
    check(row.dataset.pass);
    one("#check").scrollIntoView();
  }
  if (target.closest("[data-scan]")) scan(one("[data-finder]"), one("[data-no-camera]"), check);
});
/** The form is emptied once what it said is kept: the next pass begins. */
document.addEventListener("reset", ({ target }) => {
  if (target.action.endsWith("/ops/pass.cross")) clear();
});

/** Pages are drawn anew while they are looked at. */
function begin() {
  if (!main() || "begun" in main().dataset) return;
  main().dataset.begun = "";
  one("[data-camera]").hidden = !navigator.mediaDevices?.getUserMedia;
  sayTimes();
  if (shown) shown.number ? check(shown.number) : draw();
}
new MutationObserver(begin).observe(document.body, { childList: true, subtree: true });
begin();
compareClocks();
addEventListener("online", compareClocks);
setInterval(sayTimes, MINUTE);
