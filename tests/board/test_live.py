"""The board hears of what happens, for as long as it may, and only while somebody looks."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.async_api import Browser, Page, Route, expect
from support.api import Caller
from support.browser import Board, opened_board
from support.schedules import create, trigger

from footfall.tokens import issue_token

LOOK = """(where) => {
    const value = where === "away";
    Object.defineProperty(document, "hidden", { value, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


async def is_live(page: Page) -> None:
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()


async def test_a_list_hears_of_what_others_do(board: Board, ada: Caller) -> None:
    page = await board.open("?q=heard-of")
    await is_live(page)
    made = await create(ada, "greet", name="heard-of")
    row = page.get_by_role("row").filter(has_text="heard-of")
    await expect(row).to_contain_text("Active")
    await trigger(ada, made["id"])
    await expect(row.get_by_role("img")).to_have_attribute(
        "aria-label", "Last run: 1 succeeded; the latest succeeded"
    )
    await ada.data("POST", f"/schedule/{made['id']}/pause")
    await expect(row).to_contain_text("Paused")
    await ada.data("DELETE", f"/schedule/{made['id']}")
    await expect(row).to_have_count(0)


async def test_what_has_the_focus_keeps_it(board: Board, ada: Caller) -> None:
    made = await create(ada, "greet", name="keeps focus")
    page = await board.open("?q=focus")
    link = page.get_by_role("link", name="keeps focus")
    await link.focus()
    await is_live(page)
    await ada.data("PUT", f"/schedule/{made['id']}", json={"description": "changed meanwhile"})
    await expect(page.get_by_role("row").filter(has_text="changed meanwhile")).to_be_visible()
    await expect(link).to_be_focused()


async def test_a_lost_connection_is_told_and_found_again(board: Board, ada: Caller) -> None:
    async def cut(route: Route) -> None:
        await route.abort()

    await board.page.route("**/events", cut)
    page = await board.open("?q=meanwhile")
    await expect(page.get_by_text("Not connected; trying again")).to_be_visible()
    await page.unroute("**/events", cut)
    await is_live(page)
    await create(ada, "greet", name="meanwhile")
    await expect(page.get_by_role("row").filter(has_text="meanwhile")).to_be_visible()
    board.expect_refusals()


async def test_what_was_away_for_a_moment_is_shown_by_itself(board: Board, ada: Caller) -> None:
    made = await create(ada, "greet")
    run = await trigger(ada, made["id"])

    async def cut(route: Route) -> None:
        await route.abort()

    for query in (f"?schedule={made['id']}&run={run['id']}", f"?schedule={made['id']}&edit=1"):
        await board.page.route("**/schedule/**", cut)
        page = await board.open(query)
        await expect(page.get_by_role("alert").first).to_contain_text("cannot be reached")
        await page.unroute("**/schedule/**", cut)
        await expect(page.get_by_role("heading", level=1)).to_contain_text("greet")
    board.expect_refusals()


async def test_an_answer_that_comes_late_is_not_shown(board: Board, ada: Caller) -> None:
    made = await create(ada, "boom")
    await trigger(ada, made["id"])
    held = asyncio.Event()

    async def hold(route: Route) -> None:
        await held.wait()
        await route.continue_()

    await board.page.route("**/runs?status=cancelled*", hold)
    page = await board.open(f"?schedule={made['id']}&status=cancelled")
    await expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    await page.evaluate("history.pushState(null, '', location.search.replace(/&status.*/, ''))")
    await page.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
    row = page.get_by_role("row").filter(has_text="no luck")
    await expect(row).to_be_visible()
    async with page.expect_event(
        "requestfinished", lambda request: "status=cancelled" in request.url
    ):
        held.set()
    # What is answered later is read later.
    await page.evaluate("fetch('healthz/live').then((answer) => answer.text())")
    assert await row.count() == 1


async def test_a_tab_that_nobody_looks_at_holds_no_stream(board: Board, ada: Caller) -> None:
    page = await board.open("?q=unseen")
    await is_live(page)
    made = await create(ada, "greet", name="unseen")
    row = page.get_by_role("row").filter(has_text="unseen")
    await expect(row).to_be_visible()
    async with page.expect_event("requestfailed", lambda request: request.url.endswith("/events")):
        await page.evaluate(LOOK, "away")
    await ada.data("POST", f"/schedule/{made['id']}/pause")
    async with page.expect_request("**/events") as asked:
        await page.evaluate(LOOK, "here")
    # It goes on where it was.
    assert (await (await asked.value).all_headers())["last-event-id"]
    await expect(row).to_contain_text("Paused")


async def test_when_the_token_expires_another_is_asked_for(browser: Browser, site: Any) -> None:
    async with opened_board(browser, site.url, "") as board:
        page = board.page
        await page.goto(board.url)
        await expect(page.get_by_label("Token")).to_be_visible()
        # Its time is not for the page to be loaded.
        token = issue_token(
            site.settings.jwt,
            user="short-lived",
            admin=False,
            lifetime=timedelta(seconds=6),
            now=datetime.now(UTC),
        )
        await page.get_by_label("Token").fill(token)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Schedules")
        await expect(page.get_by_label("Token")).to_be_visible()
        await expect(page.get_by_role("alert")).to_contain_text("expired")
        board.expect_refusals()


async def test_an_admin_sees_owners_and_may_hold_what_the_code_declares(
    browser: Browser, site: Any, ada: Caller, user: str
) -> None:
    await create(ada, "greet", name="of somebody else")
    async with opened_board(browser, site.url, site.token("root", admin=True)) as board:
        page = await board.open("?q=somebody")
        row = page.get_by_role("row").filter(has_text="of somebody else")
        await expect(row).to_contain_text(user)
        page = await board.open(f"?schedule={site.app}.tick")
        await page.get_by_role("button", name="Pause").click()
        await page.get_by_role("dialog").get_by_role("button", name="Pause").click()
        await page.get_by_role("button", name="Resume").click()
        await expect(page.get_by_role("button", name="Pause")).to_be_visible()
        for name in ("Edit", "Delete"):
            await expect(page.get_by_text(name, exact=True)).to_have_count(0)
