"""What somebody does with the board, from signing in to finding again what was made."""

import re
from pathlib import Path

from playwright.async_api import Page, expect
from support.api import Caller
from support.browser import Board
from support.schedules import create

TOKEN = re.compile("token=")


async def test_a_good_token_signs_in_and_stays_until_one_signs_out(board: Board) -> None:
    page = board.page
    await page.goto(board.url)
    field = page.get_by_label("Token")
    await expect(field).to_be_focused()
    await field.fill("not.a.token")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("token")
    board.expect_refusals()
    await page.get_by_label("Token").fill(board.token)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Schedules")
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Schedules")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_label("Token")).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("Token")).to_be_visible()
    assert await page.evaluate("sessionStorage.length + localStorage.length") == 0


async def test_a_token_in_the_address_is_taken_out_of_it(board: Board, user: str) -> None:
    page = await board.open("?status=active")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Schedules")
    await expect(page).not_to_have_url(TOKEN)
    assert page.url == f"{board.url}/?status=active"
    await expect(page.get_by_role("banner")).to_contain_text(user)
    await page.go_back()
    await expect(page).not_to_have_url(TOKEN)


async def test_make_one_see_it_fire_read_its_output_pause_it_and_find_it_again(
    board: Board, user: str
) -> None:
    page = await board.open()
    await page.get_by_role("link", name="New schedule").click()
    await page.get_by_label("Walker").select_option("greet")
    await page.get_by_label("name", exact=True).fill("Grace")
    await page.get_by_text("Interval", exact=True).click()
    await page.get_by_label("seconds", exact=True).fill("0")
    preview = page.get_by_role("complementary")
    await expect(preview).to_contain_text("seconds")
    await page.get_by_label("seconds", exact=True).fill("2")
    await expect(preview).to_contain_text("Every 2 seconds")
    await expect(preview.get_by_role("listitem")).to_have_count(8)
    await page.get_by_label("Name", exact=True).fill(f"hello of {user}")
    await page.get_by_label("Tags").fill("polite, often")
    board.expect_refusals()
    await page.get_by_role("button", name="Create").click()

    await expect(page.get_by_role("heading", level=1)).to_contain_text(f"hello of {user}")
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    # Nothing is reloaded: it is told of what happens.
    row = page.get_by_role("table").get_by_role("row").filter(has_text="Succeeded")
    await expect(row.first).to_be_visible()

    await row.first.get_by_role("link").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Run of greet")
    await expect(page.locator("pre.output")).to_have_text("hello Grace\n")
    await expect(page.get_by_role("group", name="Report", exact=True)).to_contain_text("Grace")
    await expect(page.get_by_role("link", name="Temporal Web UI")).to_have_attribute(
        "href", re.compile(r"^http://127\.0\.0\.1:8233/namespaces/")
    )

    await page.go_back()
    await page.get_by_role("button", name="Pause").click()
    await page.get_by_role("dialog").get_by_label("Reason").fill("too many hellos")
    await page.get_by_role("dialog").get_by_role("button", name="Pause").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Paused")
    await expect(page.get_by_role("main")).to_contain_text("too many hellos")
    await expect(page.get_by_role("button", name="Resume")).to_be_visible()

    await page.get_by_role("link", name="Schedules").first.click()
    await page.get_by_label("Search schedules").fill(user)
    await page.get_by_label("Status", exact=True).select_option("paused")
    await expect(page).to_have_url(re.compile(f"q=hello|q={user}"))
    await page.reload()
    await expect(page.get_by_label("Search schedules")).to_have_value(user)
    found = page.get_by_role("row").filter(has_text=f"hello of {user}")
    await expect(found).to_contain_text("Paused")
    await expect(found).to_contain_text("too many hellos")
    await expect(found.get_by_role("img")).to_have_attribute(
        "aria-label", re.compile(r"^Last (run|\d+ runs): \d+ succeeded")
    )


async def test_a_running_walker_is_heard_line_by_line(
    board: Board, ada: Caller, tmp_path: Path
) -> None:
    made = await create(ada, "stepwise", args={"folder": str(tmp_path), "steps": 2})
    page = await board.open(f"?schedule={made['id']}")
    await page.get_by_role("button", name="Run now").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label("folder")).to_have_value(str(tmp_path))
    await dialog.get_by_label("steps").fill("3")
    await dialog.get_by_label("Reason").fill("to see it walk")
    await dialog.get_by_role("button", name="Run now").click()

    output = page.locator("pre.output")
    await expect(output).to_contain_text("step 1 of 3: 🚶")
    await expect(page.get_by_role("progressbar")).to_have_attribute("value", re.compile(r"^0\.33"))
    await expect(output).not_to_contain_text("step 2")
    (tmp_path / "1").touch()
    await expect(output).to_contain_text("step 2 of 3: 🚶")
    for step in ("2", "3"):
        (tmp_path / step).touch()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Succeeded")
    await expect(output).to_have_text("".join(f"step {n} of 3: 🚶\n" for n in (1, 2, 3)))
    await expect(page.get_by_role("group", name="Report", exact=True)).to_have_text("3")
    await expect(page.get_by_role("main")).to_contain_text("to see it walk")


async def test_a_run_that_failed_says_why(board: Board, ada: Caller) -> None:
    made = await create(ada, "boom", args={"text": "<b>no luck</b>"})
    await ada.data("POST", f"/schedule/{made['id']}/trigger")
    page = await board.open("?page=runs&status=bad")
    row = page.get_by_role("row").filter(has_text="<b>no luck</b>")
    await expect(row).to_contain_text("Failed")
    await row.get_by_role("link", name="boom").click()
    await expect(page.get_by_role("heading", name="ValueError")).to_be_visible()
    await expect(page.get_by_role("group", name="Traceback")).to_contain_text("raise ValueError")
    await expect(page.locator("pre.output")).to_have_text("before\n")


async def test_a_running_walker_is_cancelled_after_a_question(board: Board, ada: Caller) -> None:
    made = await create(ada, "sleepy")
    run = (await ada.data("POST", f"/schedule/{made['id']}/trigger"))["run"]
    page = await board.open(f"?schedule={made['id']}&run={run['id']}")
    await expect(page.locator("pre.output")).to_contain_text("going to sleep")
    await page.get_by_role("button", name="Cancel").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="Cancel", exact=True)).to_be_focused()
    await dialog.get_by_role("button", name="Cancel the run").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Cancelled")


async def changed_page(board: Board, schedule_id: str) -> Page:
    return await board.open(f"?schedule={schedule_id}&edit=1")


async def test_a_change_shows_its_times_first_and_its_difference_afterwards(
    board: Board, ada: Caller
) -> None:
    made = await create(ada, "greet", args={"name": "Ada"})
    page = await changed_page(board, made["id"])
    await page.get_by_text("Cron", exact=True).first.click()
    await page.get_by_label("Cron", exact=True).last.fill("0 9 * * fri-mon")
    wrong = page.locator(".wrong", has_text="FRI-SAT,SUN-MON")
    await expect(wrong).to_be_visible()
    board.expect_refusals()
    await page.get_by_label("Cron", exact=True).last.fill("0 9 * * 1-5")
    await page.get_by_label("Time zone").fill("Europe/Berlin")
    await expect(page.get_by_role("complementary")).to_contain_text(
        "At 09:00, Monday to Friday, Europe/Berlin"
    )
    await expect(wrong).to_be_hidden()
    await page.get_by_text("Policies", exact=True).click()
    await page.get_by_label("Attempts").fill("3")
    await page.get_by_label("Reason").fill("office hours")
    await page.get_by_role("button", name="Save").click()
    changes = page.get_by_role("region", name="Changes")
    await expect(changes).to_contain_text("office hours")
    await expect(changes).to_contain_text("0 9 * * 1-5")
    await expect(changes).to_contain_text("retry.max_attempts1 → 3")
    await expect(changes).not_to_contain_text("backoff")
    now = (await ada.data("GET", f"/schedule/{made['id']}"))["schedule"]
    assert now["config"] == {"trigger": "cron", "cron": "0 9 * * 1-5", "timezone": "Europe/Berlin"}
    assert now["args"] == {"name": "Ada"}
    assert now["retry"] == {**made["retry"], "max_attempts": 3}


async def test_a_change_of_what_somebody_else_changed_is_refused(board: Board, ada: Caller) -> None:
    made = await create(ada, "greet")
    page = await changed_page(board, made["id"])
    await page.get_by_label("Description").fill("mine")
    await ada.data("PUT", f"/schedule/{made['id']}", json={"description": "theirs"})
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert").last).to_contain_text("Somebody has changed it")
    board.expect_refusals()
    now = (await ada.data("GET", f"/schedule/{made['id']}"))["schedule"]
    assert now["description"] == "theirs"


async def test_a_duplicate_has_all_but_the_name(board: Board, ada: Caller) -> None:
    fields = {"args": {"name": "Ada"}, "tags": ["x"], "overlap": "buffer_one", "max_runs": 7}
    made = await create(ada, "greet", name="the first", is_active=False, **fields)
    page = await board.open(f"?schedule={made['id']}")
    await page.get_by_role("link", name="Duplicate").click()
    await page.get_by_label("Name", exact=True).fill("the second")
    await page.get_by_role("button", name="Create").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("the second")
    found = (await ada.data("GET", "/schedule/list"))["schedules"]
    (copy,) = [one for one in found if one["name"] == "the second"]
    same = ("walker_name", "args", "tags", "config", "overlap", "max_runs", "timeout", "retry")
    assert {name: copy[name] for name in same} == {name: made[name] for name in same}


async def test_a_backfill_is_shown_before_it_is_made(board: Board, ada: Caller) -> None:
    every = {"trigger": "cron", "cron": "0 */6 * * *", "is_active": False}
    body = {"walker_name": "greet", **every}
    made = (await ada.data("POST", "/schedule/create", json=body))["schedule"]
    page = await board.open(f"?schedule={made['id']}")
    await page.get_by_role("button", name="Backfill").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("From").fill("2026-01-05T00:00")
    await dialog.get_by_label("To").fill("2026-01-05T11:00")
    await dialog.get_by_role("button", name="Show the runs").click()
    await expect(dialog).to_contain_text("2 runs would be made")
    assert (await ada.data("GET", f"/schedule/{made['id']}/backfills"))["backfills"] == []
    await dialog.get_by_role("button", name="Make 2 runs").click()
    await expect(page.get_by_role("region", name="Backfills")).to_contain_text("2 of 2 ended")


async def test_nothing_is_deleted_without_a_question(board: Board, ada: Caller) -> None:
    made = await create(ada, "greet")
    page = await board.open(f"?schedule={made['id']}")
    await page.get_by_role("button", name="Delete").click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("button", name="Delete")).to_be_focused()
    assert (await ada("GET", f"/schedule/{made['id']}")).status_code == 200
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    await dialog.get_by_role("button", name="Delete it").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Schedules")
    assert (await ada("GET", f"/schedule/{made['id']}")).status_code == 404
    page = await board.open(f"?schedule={made['id']}")
    await expect(page.get_by_role("main")).to_contain_text("This schedule was deleted.")
    await expect(page.get_by_role("region", name="Changes")).to_contain_text("deleted it")
    board.expect_refusals()


async def test_what_nobody_touched_stays_as_it_was(board: Board, ada: Caller) -> None:
    args = {"name": "of two\nlines"}
    made = await create(ada, "greet", args=args)
    page = await changed_page(board, made["id"])
    await page.get_by_label("Description").fill("only this")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("main")).to_contain_text("only this")
    shown = (await ada.data("GET", f"/schedule/{made['id']}"))["schedule"]
    assert (shown["args"], shown["description"]) == (args, "only this")
    changes = (await ada.data("GET", f"/schedule/{made['id']}/changes"))["changes"]
    assert set(changes[0]["difference"]) == {"description"}

    await page.get_by_role("button", name="Run now").dblclick()
    await expect(page.get_by_role("dialog")).to_have_count(1)
    await page.get_by_role("dialog").get_by_role("button", name="Run now").click()
    await expect(page.locator("pre.output")).to_contain_text("hello of two")
    await page.go_back()
    runs = (await ada.data("GET", f"/schedule/{made['id']}/runs"))["runs"]
    assert len(runs) == 1
