import { forgetPages } from "../caches.js";
import { mine } from "../queue.js";
import { state } from "../store.js";
import { unsubscribe } from "../subscription.js";
import { within } from "../within.js";
import { ask, fill, say } from "../words.js";

/** How long signing out waits for the end of calls. */
const PATIENCE = 3e3;

/** `form[data-sign-out]`: what waits stays on this phone, which is said; pages and calls go. */
export function signOut() {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-sign-out]")) return;
    event.preventDefault();
    const n = mine().filter((entry) => entry.state !== "acked").length;
    const warning = form.dataset.waits ? fill(form.dataset.waits, { n }) : say("sign_out_waits", { n });
    if (n && !(await ask(warning || say("other_person_waits", { n })))) return;
    await within(PATIENCE, unsubscribe()).catch(() => {});
    await state.set("account", "");
    await state.set("pack", {});
    await state.set("shared");
    await forgetPages("");
    form.submit();
  });
}
