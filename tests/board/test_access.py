"""The board is for everybody: by keyboard, read aloud, in the dark and on a phone."""

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect
from support.api import Caller
from support.browser import PHONE, WIDE, Board, opened_board
from support.schedules import create, ended, trigger

from board.conftest import Site

# What hangs on colours and sizes; the rest is the same in every look.
SEEN = ["color-contrast", "scrollable-region-focusable", "target-size"]
EVERYTHING: dict[str, Any] = {"resultTypes": ["violations"]}
LOOKS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "light and wide": ("light", WIDE, EVERYTHING),
    "dark and small": ("dark", PHONE, {**EVERYTHING, "runOnly": SEEN}),
}


async def findings(page: Page) -> list[str]:
    """Give what axe finds on a page, serious or not, and whether it is too wide."""
    told: list[str] = []
    for look, (scheme, size, options) in LOOKS.items():
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await page.set_viewport_size(size)
        told += [
            f"{page.url}, {look}: {one['impact']}: {one['id']} at {node['target']}: "
            f"{node['failureSummary']}"
            for one in (await Axe().run(page, options=options)).response["violations"]
            for node in one["nodes"]
        ]
        wide = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if wide > 0:
            told.append(f"{page.url}, {look}: it is {wide} px too wide")
    return told


async def test_axe_finds_nothing_on_any_page(
    board: Board, ada: Caller, site: Site, browser: Browser
) -> None:
    made = await create(ada, "greet", name="to be looked at", tags=["seen"])
    await ada.data("POST", f"/schedule/{made['id']}/pause", json={"reason": "it is looked at"})
    bad = await create(ada, "boom")
    runs = [await trigger(ada, made["id"]), await trigger(ada, bad["id"])]
    failed = [await ended(ada, run) for run in runs][-1]
    places = {
        "": "table",
        f"?schedule={made['id']}": "table.runs tbody tr",
        f"?schedule={bad['id']}&run={failed['id']}": ".error-message",
        "?page=new": ".preview",
        f"?schedule={made['id']}&edit=1": ".preview",
        "?page=runs": "table",
        "?page=timeline": "table",
        "?page=health": "table",
        "?q=nothing-of-the-kind": ".empty",
        "?schedule=nothing": ".empty",
    }
    page = board.page
    await page.goto(board.url)
    await expect(page.get_by_label("Token")).to_be_visible()
    found = await findings(page)
    for query, shown in places.items():
        await board.open(query)
        await expect(page.locator(shown).first).to_be_visible()
        found += await findings(page)
    await board.open(f"?schedule={made['id']}")
    await page.get_by_role("button", name="Run now").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    found += await findings(page)
    async with opened_board(browser, site.url, site.token("root", admin=True)) as opened:
        page = await opened.open("?page=health")
        await expect(page.get_by_role("table", name="Workers")).to_be_visible()
        found += await findings(page)
    board.expect_refusals()
    assert found == [], "\n".join(found)


async def test_it_is_used_without_a_mouse(board: Board, ada: Caller) -> None:
    await create(ada, "greet", name="by keyboard")
    page = await board.open("?q=keyboard")
    await expect(page.get_by_role("link", name="by keyboard")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("main")).to_be_focused()
    await page.get_by_role("link", name="by keyboard").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("by keyboard")
    await expect(page.get_by_role("main")).to_be_focused()
    button = page.get_by_role("button", name="Pause")
    await button.focus()
    await page.keyboard.press("Enter")
    await page.keyboard.type("by keyboard only")
    await page.keyboard.press("Enter")
    # Its place is taken by what can be done now.
    await expect(page.get_by_role("button", name="Resume")).to_be_visible()
    await expect(page.get_by_role("main")).to_contain_text("by keyboard only")
    await expect(page.get_by_role("status").filter(has_text="Paused.")).to_be_visible()


async def test_a_slash_leads_to_the_search(board: Board) -> None:
    page = await board.open()
    search = page.get_by_label("Search schedules")
    await expect(search).to_be_visible()
    await page.keyboard.press("/")
    await expect(search).to_be_focused()
    await page.keyboard.type("a/b")
    await expect(search).to_have_value("a/b")


async def test_landmarks_and_titles_say_where_one_is(board: Board) -> None:
    page = await board.open("?page=runs")
    await expect(page).to_have_title("Runs · Footfall")
    for role in ("banner", "main"):
        await expect(page.get_by_role(role)).to_have_count(1)
    board_places = page.get_by_role("navigation", name="Board")
    await expect(board_places.get_by_role("link", name="Runs")).to_have_attribute(
        "aria-current", "page"
    )
