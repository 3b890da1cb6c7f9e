import { handOver } from "../handover.js";
import { account } from "../session.js";
import { say, toast } from "../words.js";

/** `[data-export]` gives what waits as a file; `input[data-import]` sends a file from another phone. */
export function handOvers() {
  document.addEventListener("click", (event) => event.target.closest("[data-export]") && give());
  document.addEventListener(
    "change",
    (event) => event.target.matches("[data-import]") && carry(event.target),
  );
}

async function give() {
  const sealed = await handOver(account());
  const name = `stairwell-${sealed.made_at.slice(0, 16).replace(/\D/g, "")}.json`;
  const file = new File([JSON.stringify(sealed)], name, { type: "application/json" });
  if (navigator.canShare?.({ files: [file] })) {
    const shared = await navigator.share({ files: [file] }).then(
      () => true,
      (error) => error.name === "AbortError",
    );
    if (shared) return;
  }
  const url = URL.createObjectURL(file);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60e3);
}

async function carry(input) {
  const headers = { "Content-Type": "application/json" };
  for (const file of input.files) {
    const response = await fetch("/ops/carried", {
      method: "POST",
      headers,
      body: file,
      redirect: "manual",
    }).catch(() => null);
    const ours = response?.headers.get("X-Stairwell") === "1";
    const said = ours ? await response.json().catch(() => ({})) : {};
    if (ours && response.ok) toast(say("carried", { n: said.answers?.length ?? "" }) || say("saved"));
    else toast(said.detail || say("offline"));
  }
  input.value = "";
}
