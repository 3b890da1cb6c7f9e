"""What the answer of a bot's or a webhook's service means. Pure functions.

WeCom, DingTalk, Feishu and Lark answer 200 whatever happens, and say in the body what did.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from server.i18n import Words, mark
from server.push.verdict import Verdict, judge, wait

SILENT, UNREACHABLE, PRIVATE, UNREADABLE = "silent", "unreachable", "private", "unreadable"
"""Why nothing was answered at all."""

CODES = ("errcode", "code")
"""Where those services put what happened; 0 is well."""

SPEAKS_BY_BODY = ("wecombot", "dingtalk", "feishu", "lark")

TOO_OFTEN = frozenset({45009, 45033, 130101, 9499, 11232, 99991400})
"""WeCom: API frequency, concurrency; DingTalk: too fast; Feishu and Lark: too many requests."""

BUSY = frozenset({-1})
WRONG_KEY = frozenset({93000, 40035, 300001, 310000, 19001, 19021, 19022, 19024, 400101})
"""The bot is no more, or its security setting (keyword, signature, address) keeps us out."""


class Outcome(NamedTuple):
    """What came of one post; `why` is a short code, see `words`."""

    verdict: Verdict
    why: str = ""
    retry_after: int = 0  # milliseconds
    too_often: bool = False

    @property
    def well(self) -> bool:
        """True where the service took it."""
        return self.verdict is Verdict.SENT

    def pause(self, failures: int, jitter: float) -> int:
        """Milliseconds for which the channel is left alone after so many failures; 0 for none.

        A service that is called too often is left alone for minutes: DingTalk then hears nothing
        for ten.
        """
        if self.verdict in {Verdict.SENT, Verdict.REFUSED}:
            return 0
        verdict = Verdict.BARRED if self.too_often else self.verdict
        return wait(verdict, failures, jitter, self.retry_after)


WELL = Outcome(Verdict.SENT)


def nothing(why: str) -> Outcome:
    """No answer came."""
    return Outcome(Verdict.BARRED if why in {PRIVATE, UNREADABLE} else Verdict.LATER, why)


def outcome(schema: str, status: int, body: bytes = b"", retry_after: int = 0) -> Outcome:
    """By the status of the answer, and by its body where that says more."""
    if 200 <= status < 300:
        code = _code(schema, body)
        return _by_code(code, retry_after) if code else WELL
    verdict = judge(status)
    if verdict is Verdict.GONE:
        verdict = Verdict.BARRED  # nobody subscribed here: a person must look
    return Outcome(verdict, f"status {status}", retry_after, too_often=status == 429)


def _by_code(code: int, retry_after: int) -> Outcome:
    why = f"code {code}"
    if code in TOO_OFTEN:
        return Outcome(Verdict.LATER, why, retry_after, too_often=True)
    if code in BUSY:
        return Outcome(Verdict.LATER, why, retry_after)
    return Outcome(Verdict.BARRED if code in WRONG_KEY else Verdict.REFUSED, why)


def _code(schema: str, body: bytes) -> int:
    """What the body says happened, 0 for nothing."""
    if schema not in SPEAKS_BY_BODY:
        return 0
    try:
        said = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        found = next((said[name] for name in CODES if name in said), None)
        return 0 if found is None else msgspec.json.decode(found, type=int)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return 0


def words(why: str) -> Words:
    """What went wrong, for people."""
    kind, _, number = why.partition(" ")
    if kind == "status":
        return Words(STATUS, {"number": number})
    if kind == "code":
        known = int(number) in TOO_OFTEN
        return Words(OFTEN if known else CODE, {"number": number})
    return Words(_NOTHING.get(kind, _NOTHING[UNREACHABLE]))


STATUS = mark("the service answers %(number)s")
CODE = mark("the service refuses it, code %(number)s")
OFTEN = mark("the service says that it is too often, code %(number)s")
_NOTHING = {
    SILENT: mark("the service does not answer in time"),
    UNREACHABLE: mark("the service cannot be reached"),
    PRIVATE: mark("its address is not on the public internet"),
    UNREADABLE: mark("its address can no longer be read"),
}
