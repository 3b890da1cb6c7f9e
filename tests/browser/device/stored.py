"""What the phone's database holds, asked of the browser itself."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

_ASK = """([store, method, ...more]) => new Promise((resolve, reject) => {
  const opening = indexedDB.open("stairwell");
  opening.onerror = reject;
  opening.onsuccess = () => {
    const asking = opening.result.transaction(store).objectStore(store)[method](...more);
    asking.onsuccess = () => { opening.result.close(); resolve(asking.result); };
  };
})"""


def entries(page: Page) -> list[dict[str, Any]]:
    """Everything in the outbox."""
    found: list[dict[str, Any]] = page.evaluate(_ASK, ["outbox", "getAll"])
    return found


def fact(page: Page, name: str) -> Any:
    """A fact that pages and the worker share."""
    return page.evaluate(_ASK, ["state", "get", name])
