"""Every kind of operation has what it needs: a frozen sample, words in each language, a form.

An outbox can be weeks old. So the samples of released versions are never changed, only added to.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from server.app import FEATURES
from server.i18n import LANGUAGES, catalogue
from server.oplog.envelope import decode_batch
from server.oplog.kinds import NOTES, newest, registry
from server.web.page import TEMPLATES
from tests.contract import scene
from tests.support.told import PHONE, Told

assert FEATURES, "importing the app registers every kind"
SAMPLES = Path(__file__).resolve().parents[1] / "samples"
KINDS = sorted((kind, v) for kind, v in registry if not kind.startswith("tests."))
FILES = sorted(SAMPLES.glob("*.json"))
FORMS = "\n".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize(("kind", "v"), KINDS)
def test_every_kind_has_a_frozen_sample(kind: str, v: int) -> None:
    assert SAMPLES / f"{kind}.v{v}.json" in FILES


@pytest.mark.parametrize("sample", FILES, ids=lambda path: path.stem)
def test_what_a_phone_wrote_down_long_ago_still_has_its_outcome(
    sampled: Told, sample: Path
) -> None:
    frozen = json.loads(sample.read_text("utf-8"))
    assert sample.name.startswith(f"{frozen['envelope']['kind']}.v{frozen['envelope']['v']}.")
    body = {"device": PHONE, "sent_at": "2022-04-21T04:31:00Z", "ops": [frozen["envelope"]]}
    batch = decode_batch(json.dumps(body).encode())
    [answer] = sampled.apply(frozen["envelope"]["actor"], batch.ops)
    assert (answer.id, answer.outcome) == (frozen["envelope"]["id"], frozen["outcome"]), answer
    assert sampled.operation(answer.id).corrected_at == scene.SAMPLED


@pytest.mark.parametrize(("kind", "v"), KINDS)
def test_samples_name_every_field_of_their_kind(kind: str, v: int) -> None:
    """So that a field that is renamed or dropped is noticed; a later field has a later sample."""
    named: set[str] = {"count"} if kind == "round.settle" else set()
    for sample in SAMPLES.glob(f"{kind}.v{v}.*json"):
        named |= set(json.loads(sample.read_text("utf-8"))["envelope"]["data"])
    assert named == set(registry[kind, v].__struct_encode_fields__)


@pytest.mark.parametrize(("kind", "v"), KINDS)
def test_every_kind_is_called_something_in_every_language(kind: str, v: int) -> None:
    label = registry[kind, v].op_label
    said = {language: catalogue(language).gettext(label) for language in LANGUAGES}
    assert said["en"] == label
    assert label not in {said["zh-Hans"], said["zh-Hant"]}


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in KINDS}))
def test_every_kind_is_posted_by_some_form(kind: str) -> None:
    name = re.escape(kind)
    # A macro may be handed the kind; the address of a form may name it.
    assert re.search(rf"""["']{name}["']|/ops/{name}\"""", FORMS), f"no template posts {kind}"


def test_every_form_posts_a_kind_there_is() -> None:
    asked = set(re.findall(r"""op\(["']([a-z_.]+)["']""", FORMS))
    asked |= set(re.findall(r'(?:form)?action="/ops/([a-z_.]+)"', FORMS))
    assert asked <= {kind for kind, _ in KINDS}


@pytest.mark.parametrize(("kind", "v"), KINDS)
def test_what_people_write_is_kept_as_notes(kind: str, v: int) -> None:
    cls = registry[kind, v]
    assert set(cls.retention) <= set(cls.__struct_fields__)
    assert "note" not in cls.__struct_fields__ or cls.retention["note"] == NOTES


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in KINDS}))
def test_forms_post_the_newest_version(kind: str) -> None:
    cls = newest(kind)
    assert cls is not None
    assert cls.op_version == max(v for name, v in KINDS if name == kind)
