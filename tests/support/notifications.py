"""A desktop that shows notifications, in a test: what is shown can be read, and tapped.

A D-Bus of the test's own with org.freedesktop.Notifications on it, which is how browsers on Linux
have notifications shown. See https://specifications.freedesktop.org/notification-spec.
"""

# The methods have the names that D-Bus gives them.
# ruff: noqa: N802

import shutil
import subprocess
import time
from ctypes.util import find_library
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Self

from tests.support.aside import Aside

CONFIGURATION = """<busconfig><type>session</type><listen>unix:dir={folder}</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""

DEFAULT = "default"
"""The action of a tap on the notification itself."""


def missing() -> str:
    """Why there can be no such desktop here; empty where there can."""
    try:
        import dbus_fast  # noqa: F401 - asked only whether it is there
    except ImportError:
        return "dbus-fast is for Linux only"
    if not shutil.which("dbus-daemon"):
        return "dbus-daemon is not installed: make browsers"
    return "" if find_library("notify") else "libnotify is not installed: make browsers"


@dataclass
class Shown:
    """A notification on the screen. `actions` are the words on its buttons, by their keys."""

    number: int
    title: str
    body: str
    actions: dict[str, str]
    at: float = field(default_factory=time.monotonic)


class Desktop(Aside):
    """The screen. `env` goes to the browser that is to use it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.on_screen: dict[int, Shown] = {}
        self.history: list[Shown] = []

    def __enter__(self) -> Self:
        file = self._folder / "bus.conf"
        file.write_text(CONFIGURATION.format(folder=self._folder))
        self._daemon = subprocess.Popen(
            ["dbus-daemon", f"--config-file={file}", "--nofork", "--print-address"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._daemon.stdout is not None
        self.address = self._daemon.stdout.readline().strip()
        return super().__enter__()

    def __exit__(self, *what: object) -> None:
        super().__exit__(*what)
        self._daemon.terminate()
        self._daemon.wait(10)

    @property
    def env(self) -> dict[str, str]:
        """What a browser is started with."""
        return {"DBUS_SESSION_BUS_ADDRESS": self.address}

    def wait(self, title: str, seconds: float = 30) -> Shown:
        """The newest notification whose title holds this, once it is on the screen."""
        until = time.monotonic() + seconds
        while True:
            for shown in reversed(list(self.on_screen.values())):
                if title in shown.title:
                    return shown
            titles = [one.title for one in self.history]
            assert time.monotonic() < until, f"{title!r} was not shown, only {titles}"
            time.sleep(0.02)

    def tap(self, shown: Shown, action: str = DEFAULT) -> None:
        """Tap a notification, or the button with these words."""
        keys = {words: key for key, words in shown.actions.items()}
        self.do(self._tap(shown.number, keys.get(action, action)))

    async def open(self) -> None:
        """Begin to serve."""
        from dbus_fast.aio import MessageBus

        self._bus = await MessageBus(bus_address=self.address).connect()
        self._interface = _interface(self)
        self._bus.export("/org/freedesktop/Notifications", self._interface)
        await self._bus.request_name("org.freedesktop.Notifications")

    async def close(self) -> None:
        """End it."""
        self._bus.disconnect()

    async def _tap(self, number: int, key: str) -> None:
        self._interface.ActionInvoked(number, key)

    def show(self, number: int, title: str, body: str, actions: list[str]) -> int:
        """Put one on the screen, in place of that number where there is one."""
        number = number or len(self.history) + 1
        words = dict(zip(actions[::2], actions[1::2], strict=True))
        self.on_screen[number] = Shown(number, title, body, words)
        self.history.append(self.on_screen[number])
        return number


def _interface(desktop: Desktop) -> Any:
    """What a browser calls."""
    from dbus_fast.annotations import DBusDict, DBusInt32, DBusSignature, DBusStr, DBusUInt32
    from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

    Texts = Annotated[list[str], DBusSignature("as")]  # noqa: N806 - it is a type
    Server = Annotated[tuple[str, str, str, str], DBusSignature("ssss")]  # noqa: N806
    Closed = Annotated[tuple[int, int], DBusSignature("uu")]  # noqa: N806
    Invoked = Annotated[tuple[int, str], DBusSignature("us")]  # noqa: N806

    class Notifications(ServiceInterface):
        def __init__(self) -> None:
            super().__init__("org.freedesktop.Notifications")

        @dbus_method()
        def GetCapabilities(self) -> Texts:
            return ["actions", "body", "persistence"]

        @dbus_method()
        def GetServerInformation(self) -> Server:
            return ("Stairwell's tests", "tests", "1", "1.2")

        @dbus_method()
        def Notify(
            self,
            app: DBusStr,
            replaces: DBusUInt32,
            icon: DBusStr,
            title: DBusStr,
            body: DBusStr,
            actions: Texts,
            hints: DBusDict,
            timeout: DBusInt32,
        ) -> DBusUInt32:
            return desktop.show(replaces, title, body, actions)

        @dbus_method()
        def CloseNotification(self, number: DBusUInt32) -> None:
            desktop.on_screen.pop(number, None)
            self.NotificationClosed(number, 3)

        @dbus_signal()
        def NotificationClosed(self, number: int, reason: int) -> Closed:
            return (number, reason)

        @dbus_signal()
        def ActionInvoked(self, number: int, key: str) -> Invoked:
            return (number, key)

    return Notifications()
