/** `[data-flip]` turns the floors bottom first, here at once and for this person from now on. */
export function flip() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-flip]");
    if (!button) return;
    const { dataset } = document.documentElement;
    const tokens = new Set((dataset.display || "").split(" ").filter(Boolean));
    if (!tokens.delete("flip")) tokens.add("flip");
    dataset.display = [...tokens].join(" ");
    button.setAttribute("aria-pressed", String(tokens.has("flip")));
    const body = new URLSearchParams(["", ...tokens].map((token) => ["display", token]));
    fetch("/settings", { method: "POST", body, redirect: "manual" }).catch(() => {});
  });
}
