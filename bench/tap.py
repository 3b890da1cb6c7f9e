"""One tap on a slow phone: until the screen shows it, while the server answers nothing."""

from __future__ import annotations

from playwright.sync_api import Page

from bench import screen
from bench.figures import Figure
from bench.lab import Lab

MOST = 50

WATCH = """() => {
  window.shown = [];
  let began = 0;
  addEventListener("pointerdown", (event) => { began = event.timeStamp; }, true);
  addEventListener("pointerup", (event) => { began = event.timeStamp; }, true);
  // A message that is sent while a frame is made is heard once it has been painted.
  const painted = (heard) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = heard;
    port2.postMessage(0);
  });
  new MutationObserver((changes) => {
    if (!began || !changes.some(({ target }) => target.closest?.("[data-board]"))) return;
    const since = began;
    began = 0;
    painted(() => shown.push(performance.now() - since));
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""


def measure(lab: Lab) -> list[Figure]:
    """From the finger leaving the glass to the painted frame."""
    with lab.stairwell("tap") as (server, [where]), screen.phone(server, where) as (context, path):
        page = screen.packed_board(context, server, path)
        page.evaluate(WATCH)
        screen.slow_down(page)
        with server.paused():
            taps = [_tap(page, nth) for nth in range(2 * lab.pairs + 1)]
        lab.say("tap: " + " ".join(f"{tap:.0f}" for tap in taps) + " ms")
    return [
        Figure(
            "tap → the screen shows it, Chromium 4 × slower, the server silent",
            taps[1:],
            most=MOST,
            unit="ms",
        )
    ]


def _tap(page: Page, nth: int) -> float:
    door = page.locator('button.door[data-answer=""]').first
    door.scroll_into_view_if_needed()
    box = door.bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function("(count) => shown.length > count", arg=nth)
    return float(page.evaluate("(nth) => shown[nth]", nth))
