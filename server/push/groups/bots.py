"""Bots of chat groups, as apprise knows them: which may be used, and posting one message.

An address is an apprise URL (`wecombot://…`, `dingtalk://…`, `feishu://…`), or the https address
that the service hands out. Some plugins of apprise never leave the machine (syslog, notifications
of its desktop), run a program, or open sockets of their own that we could not look into. Only those
are used that post by `requests` and by nothing else (see wire.py), and read no file.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import structlog
from apprise import Apprise, AppriseAsset, NotifyFormat, PersistentStoreMode
from apprise.plugins.base import NotifyBase

from server import clock
from server.push.addresses import NotAllowed, Services, is_number, is_public
from server.push.groups import answers
from server.push.groups.answers import Outcome
from server.push.groups.wire import Heard, listening
from server.push.groups.words import NO_BOT, NOT_PUBLIC, NOT_THAT_WAY
from server.push.verdict import retry_after

log = structlog.get_logger("groups")

MOST_BYTES = {"wecombot": 2048}
"""Of one message, where the service counts bytes; others say how many characters they take."""

NEVER_MORE = 8_000

OTHER_WAYS = ("socket", "ssl", "subprocess", "smtplib", "asyncio", "ctypes")
"""Modules whose plugins could go past what we look into."""

READ_FILES = ("fcm", "vapid")
"""Plugins whose address may name a file of this machine."""

_ASSET = AppriseAsset(
    app_id="Stairwell", app_desc="Stairwell", app_url="", http_redirects=False,
    storage_mode=PersistentStoreMode.MEMORY, async_mode=False,
)  # fmt: skip

_instantiate: Callable[..., NotifyBase | None] = Apprise.instantiate

logging.getLogger("apprise").disabled = True  # its warnings quote addresses, secrets and all


def read(address: str) -> str:
    """The address as it is kept. Raises `NotAllowed` for one that no bot may have."""
    address = _converted(address.strip())
    plugin = _plugin(address)
    # Where the service is always the same machine, apprise keeps a key under this name.
    templates: tuple[str, ...] = plugin.templates
    named = any("{host}" in template for template in templates)
    host = str(getattr(plugin, "host", "") or "") if named else ""
    if is_number(host) and not is_public(host.strip("[]")):
        raise NotAllowed(NOT_PUBLIC)
    return address


def schema_of(address: str) -> str:
    """What sort of service it is: wecombot, dingtalk, … Raises `NotAllowed`."""
    return _schema(_plugin(address))


def most_bytes(address: str) -> int:
    """Bytes of one message that the service takes in any case. Raises `NotAllowed`."""
    plugin = _plugin(address)
    known = MOST_BYTES.get(_schema(plugin))
    return known or min(int(plugin.body_maxlen), NEVER_MORE)


def allowed(plugin: type[NotifyBase]) -> bool:
    """True for a plugin that posts by `requests` alone and reads no file."""
    module = sys.modules[plugin.__module__]
    used = [one.__name__ for one in vars(module).values() if isinstance(one, ModuleType)]
    leaf = module.__name__.rpartition("apprise.plugins.")[2].partition(".")[0]
    return (
        requests.__name__ in used
        and not any(one.partition(".")[0] in OTHER_WAYS for one in used)
        and leaf not in READ_FILES
    )


def post(address: str, text: str, services: Services, patience: float) -> Outcome:
    """Post one message, in a thread: it waits for up to so many seconds. Raises nothing."""
    try:
        plugin = _plugin(address)
    except NotAllowed:
        return answers.nothing(answers.UNREADABLE)
    plugin.socket_connect_timeout = plugin.socket_read_timeout = patience
    plugin.redirects, plugin.retry = False, 0
    with listening(services, patience) as heard:
        try:
            taken = bool(plugin.notify(body=text, body_format=NotifyFormat.TEXT))
        except Exception as error:  # noqa: BLE001
            # Plugins of many authors: whatever one of them raises, the post did not work. What it
            # says may quote the address.
            log.error("plugin_failed", schema=_schema(plugin), error=type(error).__name__)
            taken = False
    return _outcome(_schema(plugin), heard, taken)


def _outcome(schema: str, heard: Heard, taken: bool) -> Outcome:
    if heard.private:
        return answers.nothing(answers.PRIVATE)
    if not heard.answers:
        return answers.nothing(answers.SILENT if heard.silent else answers.UNREACHABLE)
    last = heard.answers[-1]
    asked = retry_after(last.retry_after, clock.now())
    found = answers.outcome(schema, last.status, last.body, asked)
    if found.well and not taken:
        return answers.nothing(answers.SILENT if heard.silent else answers.UNREACHABLE)
    return found


def _plugin(address: str) -> NotifyBase:
    """Raises `NotAllowed` for what apprise cannot read, or may not be used."""
    try:
        made = _instantiate(address, asset=_ASSET, suppress_exceptions=True)
    except Exception as error:
        raise NotAllowed(NO_BOT) from error
    if made is None:
        raise NotAllowed(NO_BOT)
    if not allowed(type(made)):
        raise NotAllowed(NOT_THAT_WAY)
    return made


def _schema(plugin: NotifyBase) -> str:
    """The plugin's own name for its service, whichever way the address was written."""
    names: tuple[Any, ...] = (plugin.secure_protocol, plugin.protocol)
    for name in names:
        if name:
            return str(name if isinstance(name, str) else name[0])
    return ""


def _converted(address: str) -> str:
    """The https addresses that apprise does not know as it knows WeCom's and Lark's."""
    if re.match(r"https://oapi\.dingtalk\.com/robot/send\?", address, re.I):
        token = parse_qs(urlsplit(address).query).get("access_token", [""])[0]
        return f"dingtalk://{token}" if re.fullmatch(r"\w+", token) else address
    found = re.fullmatch(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)/?", address)
    return f"feishu://{found[1]}" if found else address
