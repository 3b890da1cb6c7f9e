"""What a gate finds, the same on a phone without a signal and on the server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from server import clock
from server.features.passes import numbers, rules, token
from server.features.passes.rules import Crossing
from server.p256 import SigningKey

ROOT = Path(__file__).resolve().parents[3]
NODE = shutil.which("node", path=f"{ROOT}/.venv/bin:{os.environ['PATH']}")
NOON = 1_650_513_600_000


class Held(NamedTuple):
    """A pass from noon until four."""

    way: str = "out"
    since: int = NOON
    until: int = NOON + 4 * clock.HOUR
    uses: int = 1


def went(
    way: str, minutes: int, gate: str = "east", actor: str = "qian", let: bool = True
) -> Crossing:
    """Somebody at a gate so many minutes after noon."""
    return Crossing(
        f"{way}{minutes}{gate}", NOON + minutes * clock.MINUTE, minutes, gate, way, actor, let
    )


OUT, BACK = went("out", 10), went("in", 60)
CASES = [
    ("good", Held(), "valid", [], "out", 5, rules.OK),
    ("not yet", Held(), "valid", [], "out", -5, rules.NOT_YET),
    ("run out", Held(), "valid", [], "out", 240, rules.EXPIRED),
    ("revoked", Held(), "revoked", [], "out", 5, rules.NOT_VALID),
    ("asked for only", Held(), "asked", [], "out", 5, rules.NOT_VALID),
    ("home again", Held(), "valid", [OUT], "in", 30, rules.OK),
    ("home late", Held(), "valid", [OUT], "in", 300, rules.OVERDUE),
    ("home after it was revoked", Held(), "revoked", [OUT], "in", 30, rules.OK),
    ("home, and nobody saw them go", Held(), "valid", [], "in", 30, rules.NOT_OUT),
    ("out while out", Held(), "valid", [OUT], "out", 30, rules.COPY),
    ("a second time", Held(), "valid", [OUT, BACK], "out", 90, rules.USED),
    ("often", Held(uses=0), "valid", [OUT, BACK], "out", 90, rules.OK),
    ("often, out while out", Held(uses=0), "valid", [OUT], "out", 90, rules.COPY),
    ("turned away before", Held(), "valid", [went("out", 1, let=False)], "out", 5, rules.OK),
    ("a visitor", Held(way="in"), "valid", [], "in", 5, rules.OK),
    ("a visitor leaves", Held(way="in"), "valid", [went("in", 5)], "out", 30, rules.OK),
    ("a visitor comes twice", Held(way="in"), "valid", [went("in", 5)], "in", 30, rules.COPY),
]  # fmt: skip


@pytest.mark.parametrize(("_name", "held", "state", "known", "way", "minutes", "found"), CASES)
def test_a_gate_finds_what_is_known(_name, held, state, known, way, minutes, found):
    at = NOON + minutes * clock.MINUTE
    assert rules.judge(held, state, rules.passage(held, known), way, at) == found


def test_a_phone_without_a_signal_finds_the_same():
    """The script that judges on the guard's phone is given every case of the test above."""
    asked = []
    for _, held, state, known, way, minutes, _found in CASES:
        now = rules.passage(held, known)
        asked.append(
            {
                **held._asdict(), "state": state, "away": now.away, "used": now.used,
                "going": way, "at": NOON + minutes * clock.MINUTE,
            }
        )  # fmt: skip
    script = (
        'import {judge} from "./static/js/judging.js";'
        f"const asked = {json.dumps(asked)};"
        "console.log(JSON.stringify(asked.map((one) => judge(one, one.going, one.at))))"
    )
    command = [NODE, "--input-type=module", "-e", script]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(said.stdout) == [found for *_, found in CASES]


def test_a_number_is_read_on_the_phone_as_here():
    asked = [numbers.new() for _ in range(200)]
    asked += [one[:3] + str((int(one[3]) + 1) % 10) + one[4:] for one in asked]
    script = (
        'import {numberOf} from "./static/js/judging.js";'
        f"console.log(JSON.stringify({json.dumps([*asked, '１２３', 'x', ''])}.map(numberOf)))"
    )
    command = [NODE, "--input-type=module", "-e", script]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(said.stdout) == [
        numbers.normalise(one) for one in [*asked, "１２３", "x", ""]
    ]


def test_two_gates_that_let_one_pass_out_are_found_whatever_came_first():
    twice = [went("out", 30, "west", "bo"), OUT]
    [(first, second)] = rules.clashes(Held(), twice)
    assert (first.gate_id, second.gate_id) == ("east", "west")
    assert rules.clashes(Held(), [OUT, BACK]) == []
    assert rules.clashes(Held(uses=0), [OUT, BACK, went("out", 90)]) == []
    assert len(rules.clashes(Held(), [OUT, BACK, went("out", 90)])) == 1


def test_a_second_tap_of_the_same_guard_is_no_second_passage():
    assert rules.clashes(Held(), [OUT, went("out", 11)]) == []
    assert len(rules.clashes(Held(), [OUT, went("out", 13)])) == 1


@pytest.mark.parametrize("at", range(numbers.DIGITS))
def test_every_wrong_digit_of_a_number_is_found(at):
    number = numbers.new()
    for digit in set("0123456789") - {number[at]}:
        assert numbers.normalise(number[:at] + digit + number[at + 1 :]) == ""


def test_a_number_is_read_with_spaces_and_full_width_digits():
    number = numbers.new()
    wide = "".join(chr(ord(one) + 0xFEE0) for one in number)
    assert numbers.normalise(f" {wide[:4]} {wide[4:]} ") == number


KEY = SigningKey.new()
CLAIMS = token.Claims(KEY.id, 1, "12345678", "孙奶奶", "person", "out", 1, 2, 1, "test escort")


def test_a_pass_is_trusted_as_it_was_signed_and_in_no_other_wording():
    signed = token.sign(KEY, CLAIMS)
    known = {KEY.id: KEY.raw}
    assert token.read(signed) == CLAIMS
    assert token.genuine(signed, known)
    head, claims, signature = signed.split(".")
    later = token.sign(KEY, CLAIMS._replace(until=3)).split(".")[1]
    for other in (
        f"{head}.{later}.{signature}", f"{head}.{claims}.{signature[:-4]}AAAA", f"{head}.{claims}.",
        f"{head}.{claims}", "SWP2" + signed[4:], signed + "A", signed * 9, "", "https://example.org",
    ):  # fmt: skip
        assert not token.genuine(other, known), other
    assert not token.genuine(signed, {})
    assert not token.genuine(signed, {KEY.id: SigningKey.new().raw})
