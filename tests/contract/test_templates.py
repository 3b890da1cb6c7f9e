"""Every template compiles, in every language, and uses what there is."""

from __future__ import annotations

import re

import pytest
from jinja2 import meta

from server.i18n import LANGUAGES
from server.web.assets import Assets
from server.web.page import TEMPLATES, environment

NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))


@pytest.fixture(scope="module")
def assets() -> Assets:
    """The static files, read once."""
    return Assets()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_it_compiles(assets: Assets, name: str, language: str) -> None:
    assert environment(language, assets).get_template(name).root_render_func


@pytest.mark.parametrize("name", NAMES)
def test_what_it_includes_is_there(assets: Assets, name: str) -> None:
    made = environment("en", assets)
    assert made.loader is not None
    source = made.loader.get_source(made, name)[0]
    for other in meta.find_referenced_templates(made.parse(source)):
        assert other is None or other in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_it_names_only_files_there_are(assets: Assets, name: str) -> None:
    for file in re.findall(r"""asset\(["']([^"'{]+)["']\)""", (TEMPLATES / name).read_text()):
        assert assets.url(file)


@pytest.mark.parametrize("name", NAMES)
def test_every_form_that_posts_says_where(name: str) -> None:
    for form in re.findall(r'<form[^>]*method="post"[^>]*>', (TEMPLATES / name).read_text()):
        assert "action=" in form


@pytest.mark.parametrize("name", NAMES)
def test_no_words_are_written_beside_the_catalogues(name: str) -> None:
    """A Chinese character in a template is a word that two languages would not get."""
    text = re.sub(r"\{#.*?#\}", "", (TEMPLATES / name).read_text("utf-8"), flags=re.DOTALL)
    assert re.findall(r"[\u3400-\u9fff]+", text) in ([], ["楼道"], ["樓道"])


def test_every_template_is_used(assets: Assets) -> None:
    sources = "\n".join(
        path.read_text("utf-8")
        for folder in (TEMPLATES, TEMPLATES.parent / "routes", TEMPLATES.parent / "web")
        for path in folder.rglob("*.*")
        if path.suffix in {".html", ".py"}
    )
    assert [name for name in NAMES if f'"{name}"' not in sources] == []
