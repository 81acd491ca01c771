"""What forms send, and what an address or a token that somebody made up leads to."""

import re
from typing import Any

import jwt
from playwright.async_api import Browser, expect
from support.api import SECRET, Caller
from support.browser import Board, opened_board
from support.schedules import create

LONG = 9_007_199_254_740_993
"""Two more than JavaScript's numbers count to."""


async def test_a_form_holds_every_value_of_its_fields(board: Board, ada: Caller) -> None:
    args = {"label": "", "size": LONG, "limit": None, "flag": None}
    tags = ["a, b", 'c "d"']
    made = await create(ada, "Choosy", args=args, tags=tags)
    page = await board.open(f"?schedule={made['id']}&edit=1")
    tagged = page.get_by_label("Tags")
    await expect(tagged).to_have_value('"a, b", c "d"')
    await expect(page.get_by_label("size", exact=True)).to_have_value(str(LONG))
    await expect(page.get_by_label("limit is null")).to_be_checked()
    await expect(page.get_by_label("limit", exact=True)).to_be_disabled()
    flag = page.get_by_label("flag", exact=True)
    await expect(flag.get_by_role("option")).to_have_text(["—", "true", "false", "null"])
    await expect(flag).to_have_value("null")
    await flag.select_option("false")
    await page.get_by_label("size", exact=True).fill(str(LONG + 2))
    await tagged.fill(f"{await tagged.input_value()}, e")
    await page.get_by_role("button", name="Save").click()
    changes = page.get_by_role("region", name="Changes")
    await expect(changes).to_contain_text(f"args.size{LONG} → {LONG + 2}")
    now = (await ada.data("GET", f"/schedule/{made['id']}"))["schedule"]
    assert now["args"] == {**args, "size": LONG + 2, "flag": False}
    assert now["tags"] == [*tags, "e"]

    await page.get_by_role("button", name="Run now").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("flag", exact=True).select_option("null")
    await dialog.get_by_label("limit is null").uncheck()
    await dialog.get_by_label("limit", exact=True).fill("3")
    await dialog.get_by_role("button", name="Run now").click()
    report = page.get_by_role("group", name="Report", exact=True)
    await expect(report).to_contain_text(re.compile(rf'""\s*,\s*{LONG + 2},\s*3,\s*null'))


async def test_what_is_needed_is_asked_for_and_options_are_an_object(board: Board) -> None:
    page = await board.open("?page=new&walker=Choosy")
    await expect(page.get_by_label("Walker")).to_have_value("Choosy")
    await page.get_by_role("button", name="Create").click()
    label = page.get_by_label("label", exact=True)
    await expect(label).to_have_attribute("aria-invalid", "true")
    board.expect_refusals()
    await page.get_by_text("More options").click()
    await page.get_by_label("As JSON").fill("[1]")
    preview = page.get_by_role("complementary")
    await expect(preview).to_contain_text("The further options have to be a JSON object.")


async def test_what_follows_another_is_not_rewritten(board: Board, ada: Caller) -> None:
    first = await create(ada, "greet")
    after = {"on": ["failed", "succeeded"], "schedule": first["id"]}
    body = {"walker_name": "greet", "after": after}
    made = (await ada.data("POST", "/schedule/create", json=body))["schedule"]
    page = await board.open(f"?schedule={made['id']}&edit=1")
    await page.get_by_label("Description").fill("only this")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("main")).to_contain_text("only this")
    changes = (await ada.data("GET", f"/schedule/{made['id']}/changes"))["changes"]
    assert set(changes[0]["difference"]) == {"description"}


async def test_what_cannot_be_a_token_is_told(board: Board) -> None:
    page = board.page
    for token in ("schlüssel", "two words", " "):
        await page.goto(f"{board.url}/#token={token}")
        await expect(page.get_by_role("alert")).to_contain_text("This is no token")


async def test_a_token_that_outlives_the_calendar_signs_in(browser: Browser, site: Any) -> None:
    long = jwt.encode({"user_id": "eve", "exp": 10**15}, SECRET, algorithm="HS256")
    async with opened_board(browser, site.url, long) as board:
        page = await board.open()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Schedules")
        await expect(page.get_by_role("banner")).to_contain_text("eve")


async def test_an_address_that_leads_nowhere_says_so(board: Board) -> None:
    for query in ("schedule=list", "schedule=..", "schedule=list&edit=1", "schedule=x&run=counts"):
        page = await board.open(f"?{query}")
        await expect(page.get_by_role("main")).to_contain_text("not exist")
    board.expect_refusals()


async def test_a_browser_that_would_lose_digits_sends_none(board: Board, ada: Caller) -> None:
    made = await create(ada, "Choosy", args={"label": "x", "size": LONG})
    await board.page.add_init_script("delete JSON.rawJSON")
    page = await board.open(f"?schedule={made['id']}")
    await page.get_by_role("button", name="Run now").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Run now").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("cannot hold all digits")
