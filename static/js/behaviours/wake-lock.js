/** The screen stays on while a board is in sight. */
export function wakeLock() {
  const ask = () => {
    if (document.hidden || !document.querySelector("[data-board]")) return;
    navigator.wakeLock?.request("screen").catch(() => {});
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}
