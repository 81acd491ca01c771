"""Lists: what they show, how they are paged, and what they show where there is nothing."""

import re
import socket

from playwright.async_api import Browser, expect
from support.api import Caller
from support.browser import Board, opened_board
from support.schedules import create

from board.conftest import Site

HOSTILE = '<img src="x" onerror="document.title=1">'


async def test_what_others_wrote_is_text(board: Board, ada: Caller) -> None:
    made = await create(
        ada, "greet", name=HOSTILE, description=HOSTILE, tags=[HOSTILE], args={"name": HOSTILE}
    )
    await ada.data("POST", f"/schedule/{made['id']}/pause", json={"reason": HOSTILE})
    run = (await ada.data("POST", f"/schedule/{made['id']}/trigger", json={"reason": HOSTILE}))[
        "run"
    ]
    for query in ("", f"?schedule={made['id']}", f"?schedule={made['id']}&edit=1", "?page=runs"):
        page = await board.open(query)
        await expect(page.get_by_role("main")).to_contain_text(HOSTILE)
        assert await page.locator("main img").count() == 0
    page = await board.open(f"?schedule={made['id']}&run={run['id']}")
    await expect(page.locator("pre.output")).to_have_text(f"hello {HOSTILE}\n")
    assert await page.locator("main img").count() == 0


async def test_pages_lead_on_and_back(board: Board, ada: Caller) -> None:
    entries = [
        {"name": f"one of many {at:02}", "walker_name": "greet", "trigger": "interval", "hours": 9}
        for at in range(60)
    ]
    await ada.data("POST", "/schedule/apply", json={"schedules": entries})
    page = await board.open("?q=many&sort=name")
    rows = page.get_by_role("row", name=re.compile("one of many"))
    await expect(page.get_by_role("status").filter(has_text="60 schedules found")).to_be_visible()
    await expect(rows).to_have_count(50)
    await page.get_by_role("link", name="Next page").click()
    await expect(rows).to_have_count(10)
    await expect(rows.first).to_contain_text("one of many 50")
    await page.reload()
    await expect(rows).to_have_count(10)
    await page.go_back()
    await expect(rows).to_have_count(50)


async def test_a_schedule_of_the_code_is_seen_to_be_so(board: Board) -> None:
    page = await board.open("?made=code&q=tick")
    row = page.get_by_role("row").filter(has_text="tick")
    await expect(row.get_by_text("code", exact=True)).to_be_visible()
    await expect(row.get_by_role("img")).to_have_attribute("aria-label", re.compile("succeeded"))
    await row.get_by_role("link", name="tick").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("tick")
    await expect(page.get_by_role("link", name="Duplicate")).to_be_visible()
    for name in ("Edit", "Delete", "Pause", "Run now"):
        await expect(page.get_by_text(name, exact=True)).to_have_count(0)


async def test_the_next_run_is_counted_down(board: Board, ada: Caller) -> None:
    await create(ada, "greet", name="in five hours")
    page = await board.open("?q=five")
    cell = page.get_by_role("row").filter(has_text="in five hours").locator("[data-moving]")
    await expect(cell).to_have_text(re.compile(r"^in 4 h 5[89] min$"))


async def test_where_there_is_nothing_it_says_what_to_do(board: Board) -> None:
    page = await board.open("?q=there-is-no-such")
    await expect(page.get_by_role("main")).to_contain_text("No schedule is like that.")
    await page.get_by_role("link", name="Clear the filters").click()
    await expect(page.get_by_label("Search schedules")).to_have_value("")
    page = await board.open("?schedule=nothing")
    await expect(page.get_by_role("main")).to_contain_text("does not exist")
    board.expect_refusals()


async def test_what_is_away_is_named_and_asked_again(board: Board) -> None:
    page = board.page
    body = (
        '{"status": "error", "data": {"code": "projection_unavailable", "message": '
        '"MongoDB does not answer.", "details": {}}, "meta": {"extra": {"http_status": 503}}}'
    )
    await page.route(
        "**/schedule/list?*",
        lambda route: route.fulfill(status=503, content_type="application/json", body=body),
    )
    await page.goto(board.url)
    await page.get_by_label("Token").fill(board.token)
    await page.get_by_role("button", name="Sign in").click()
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("MongoDB does not answer.")
    await page.unroute("**/schedule/list?*")
    await alert.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("table", name="Schedules")).to_be_visible()
    board.expect_refusals()


async def test_an_api_with_smaller_pages_gives_its_own(board: Board, ada: Caller) -> None:
    await create(ada, "greet", name="on a small page")
    body = (
        '{"status": "error", "data": {"code": "invalid_request", "message": "limit: Too large.", '
        '"details": {"fields": [{"field": "limit", "message": "Too large."}]}}, '
        '"meta": {"extra": {"http_status": 400}}}'
    )
    await board.page.route(
        "**/schedule/list?*limit=*",
        lambda route: route.fulfill(status=400, content_type="application/json", body=body),
    )
    page = await board.open("?q=small")
    await expect(page.get_by_role("row").filter(has_text="on a small page")).to_be_visible()
    board.expect_refusals()


async def test_the_parts_and_the_walkers_are_shown(board: Board) -> None:
    page = await board.open("?page=health")
    await expect(page.get_by_text("Well", exact=True)).to_have_count(5)
    walkers = page.get_by_role("table", name="Walkers")
    await expect(walkers.get_by_role("row", name="stepwise")).to_contain_text("folder: str")
    await expect(page.get_by_role("main")).to_contain_text("Skipped in the app")
    await (
        walkers.get_by_role("row", name="stepwise").get_by_role("link", name="Schedule it").click()
    )
    await expect(page.get_by_label("folder")).to_be_visible()


async def test_workers_are_shown_to_admins_only(board: Board, site: Site, browser: Browser) -> None:
    page = await board.open("?page=health")
    await expect(page.get_by_role("table", name="Walkers")).to_be_visible()
    await expect(page.get_by_role("table", name="Workers")).to_have_count(0)
    async with opened_board(browser, site.url, site.token("root", admin=True)) as opened:
        page = await opened.open("?page=health")
        workers = page.get_by_role("table", name="Workers")
        await expect(workers.get_by_role("row", name=socket.gethostname())).to_contain_text("Alive")


async def test_the_timeline_has_what_comes_and_what_was(board: Board, ada: Caller) -> None:
    made = await create(ada, "boom", name="every five hours")
    await ada.data("POST", f"/schedule/{made['id']}/trigger")
    page = await board.open("?page=timeline")
    row = page.get_by_role("row").filter(has_text="every five hours")
    await expect(row.get_by_role("img")).to_have_attribute("aria-label", "4 runs")
    tick = page.get_by_role("row").filter(has_text="tick")
    await expect(tick.get_by_role("img")).to_have_attribute("aria-label", "Every second")
    days = page.get_by_role("region", name="The last 90 days")
    await days.scroll_into_view_if_needed()
    heat = days.get_by_role("img")
    await expect(heat).to_have_attribute(
        "aria-label", re.compile(r"^(1 run|(?!1 )[\d,]+ runs) in 90 days")
    )
