"""Every link of the documentation leads somewhere, and every page can be found."""

import re
from pathlib import Path

import pytest
import yaml
from support.docs import OF_THE_ROOT, sources
from support.pages import ROOT, pages

PAGES = pages()
FENCED = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!\w+:)([^)\s#]*)(?:#([^)\s]+))?\)")


def prose(text: str) -> str:
    return FENCED.sub("", text)


def anchors(path: Path) -> set[str]:
    """Give the anchors of a page's headings, as GitHub names them."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", prose(path.read_text()), re.MULTILINE):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-")
        number = 0
        while (f"{name}-{number}" if number else name) in found:
            number += 1
        found.add(f"{name}-{number}" if number else name)
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    here = ROOT / page
    lost = []
    for target, anchor in LINK.findall(prose(PAGES[page])):
        path = (here.parent / target).resolve() if target else here
        if not path.is_file() or (anchor and anchor not in anchors(path)):
            lost.append(f"{target}#{anchor}")
    assert lost == []


def test_links_are_seen() -> None:
    assert sum(len(LINK.findall(prose(text))) for text in PAGES.values()) > 150


def test_every_page_stands_in_the_navigation_once() -> None:
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]
    assert sorted(named(nav)) == sorted(sources())
    assert sorted(OF_THE_ROOT) == sorted(page for page in PAGES if "/" not in page)


def named(entry: object) -> list[str]:
    match entry:
        case list():
            return [page for one in entry for page in named(one)]
        case dict():
            return [page for one in entry.values() for page in named(one)]
        case _:
            return [str(entry)]


def test_every_picture_is_shown_somewhere() -> None:
    text = "".join(PAGES.values())
    pictures = {path.name for path in (ROOT / "docs" / "screenshots").iterdir()}
    assert {name for name in pictures if f"screenshots/{name}" not in text} == set()
