"""A board is opened again without signal, on a slow phone: until a tap would count.

That is when its doors are drawn, the script has read the outbox and its forms are bound to it. The
page says so itself: to be asked, it would have to load Playwright's own script first, at the same
quarter of the speed.
"""

from __future__ import annotations

from playwright.sync_api import BrowserContext

from bench import screen
from bench.figures import Figure
from bench.lab import Lab

MOST = 500

WATCH = """
addEventListener("DOMContentLoaded", () => {
  const look = () => {
    const usable = document.querySelector("[data-board] button.door")
      && document.querySelector('[data-status][data-state="idle"]');
    if (!usable) return;
    watching.disconnect();
    requestAnimationFrame(() => console.debug("usable", performance.now()));
  };
  const watching = new MutationObserver(look);
  watching.observe(document.documentElement, { subtree: true, childList: true, attributes: true });
  look();
});
"""


def measure(lab: Lab) -> list[Figure]:
    """With a server that refuses, and with one that takes connections and never answers."""
    with (
        lab.stairwell("reopen") as (server, [where]),
        screen.phone(server, where) as (context, path),
    ):
        screen.packed_board(context, server, path).close()
        context.add_init_script(WATCH)
        url = server.url + path
        with server.paused():
            hanging = [_open(context, url) for _ in range(lab.pairs + 1)]
        server.stop()
        refusing = [_open(context, url) for _ in range(lab.pairs + 1)]
        server.start()
    figures = []
    for how, times in (("hanging", hanging), ("refusing", refusing)):
        lab.say(f"reopen, {how}: " + " ".join(f"{time:.0f}" for time in times) + " ms")
        work = f"board of 72 doors opened again, Chromium 4 × slower, the server {how}"
        figures.append(Figure(work, times[1:], most=MOST, unit="ms"))
    return figures


def _open(context: BrowserContext, url: str) -> float:
    page = context.new_page()
    screen.slow_down(page)
    with page.expect_console_message(lambda said: said.text.startswith("usable ")) as said:
        page.goto(url, wait_until="commit")
    page.close()
    return float(said.value.text.removeprefix("usable "))
