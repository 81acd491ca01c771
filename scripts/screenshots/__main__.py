"""Takes the pictures of docs/screenshots: starts everything with a small shop, and looks at it.

Run it as `make screenshots`. It needs a Chromium: Debian's package `chromium`, or another that
FOOTFALL_TEST_CHROMIUM names.
"""

import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
TO = HERE.parent.parent / "docs" / "screenshots"
PORTS = {"api": 18800, "temporal": 18801, "ui": 18802}
URL = f"http://127.0.0.1:{PORTS['api']}"
WIDE = {"width": 1280, "height": 820}
PHONE = {"width": 390, "height": 844}
START_SECONDS = 120
HISTORY_SECONDS = 75
QUALITY = 82

SCHEDULES: dict[str, dict[str, Any]] = {
    "orders": {
        "walker_name": "sync_orders",
        "trigger": "interval",
        "seconds": 5,
        "tags": ["warehouse"],
        "args": {"source": "north"},
    },
    "stock of shelf C": {
        "walker_name": "check_stock",
        "trigger": "interval",
        "seconds": 3,
        "tags": ["warehouse"],
        "args": {"shelf": "C"},
    },
    "monthly invoices": {
        "walker_name": "send_invoices",
        "trigger": "cron",
        "cron": "0 8 1 * *",
        "timezone": "Europe/Berlin",
        "tags": ["money"],
        "args": {"customers": ["Ada", "Grace"]},
    },
    "carts": {"walker_name": "clean_up", "trigger": "cron", "cron": "*/30 * * * *"},
    "full sync": {
        "walker_name": "sync_orders",
        "trigger": "cron",
        "cron": "15 2 * * *",
        "timezone": "Europe/London",
        "args": {"full": True},
    },
    "search": {
        "walker_name": "rebuild_search",
        "trigger": "cron",
        "cron": "0 */4 * * *",
        "description": "The whole index, several times a day",
    },
    "stock of shelf A": {"walker_name": "check_stock", "trigger": "interval", "hours": 1},
}


class Shop:
    """The API of the shop, called by its operator."""

    def __init__(self, token: str) -> None:
        self.token = token
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=URL, headers=headers, timeout=60)

    def __call__(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Give the data of an answer that has to be a success."""
        answer = self._http.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json()["data"]

    def fill(self) -> dict[str, str]:
        """Make the schedules and some history; gives their ids by name."""
        ids = {
            name: self("POST", "/schedule/create", {"name": name, **body})["schedule"]["id"]
            for name, body in SCHEDULES.items()
        }
        held, stock = f"/schedule/{ids['full sync']}", f"/schedule/{ids['stock of shelf C']}"
        self("POST", f"{held}/pause", {"reason": "the warehouse is being moved"})
        self("PUT", stock, {"timeout": 30, "reason": "it never takes longer"})
        self("PUT", stock, {"tags": ["warehouse", "often"], "description": "What runs out soon"})
        time.sleep(HISTORY_SECONDS)
        return ids


@contextmanager
def running_shop() -> Iterator[Shop]:
    """Run everything with the shop's walkers."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.txt"
        command = [
            *(str(Path(sys.executable).parent / "footfall"), "dev", f"--app={HERE / 'shop.py'}"),
            *(f"--{name}-port={port}" for name, port in PORTS.items()),
            f"--data-dir={folder}/data",
        ]
        with log.open("wb") as sink:
            process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT)  # noqa: S603
        try:
            until = time.monotonic() + START_SECONDS
            while not (found := re.search(r"#token=(\S+)", log.read_text())):
                if process.poll() is not None or time.monotonic() > until:
                    sys.exit(log.read_text())
                time.sleep(0.2)
            yield Shop(found[1])
        finally:
            process.terminate()
            process.wait(20)


def picture(page: Page, name: str) -> None:
    """Write what the page shows."""
    TO.mkdir(exist_ok=True)
    cdp = page.context.new_cdp_session(page)
    taken = cdp.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    (TO / f"{name}.webp").write_bytes(base64.b64decode(taken["data"]))
    sys.stdout.write(f"{name}.webp {(TO / f'{name}.webp').stat().st_size // 1024} kB\n")


def opened(browser: Browser, shop: Shop, query: str, **options: Any) -> Page:
    """Open a page of the board."""
    context = browser.new_context(
        **{"viewport": WIDE, "locale": "en-GB", "timezone_id": "Europe/Berlin", **options}
    )
    page = context.new_page()
    page.goto(f"{URL}/#token={shop.token}")
    page.goto(f"{URL}/{query}")
    page.get_by_text("Live", exact=True).wait_for()
    page.wait_for_timeout(2500)
    return page


def take(browser: Browser, shop: Shop, ids: dict[str, str]) -> None:
    """Take all pictures."""
    stock, search = ids["stock of shelf C"], ids["search"]
    run = shop("POST", f"/schedule/{search}/trigger", {"reason": "new articles"})["run"]["id"]
    failed = shop("GET", f"/schedule/{stock}/runs?status=failed")["runs"][0]["id"]
    page = browser.new_page(viewport=WIDE, locale="en-GB")
    page.goto(URL)
    page.get_by_label("Token").wait_for()
    picture(page, "sign-in")
    picture(opened(browser, shop, ""), "schedules")
    picture(opened(browser, shop, "", color_scheme="dark"), "schedules-dark")
    picture(opened(browser, shop, "", viewport=PHONE), "schedules-phone")
    picture(opened(browser, shop, f"?schedule={stock}"), "schedule")
    picture(opened(browser, shop, f"?schedule={search}&run={run}"), "run-live")
    picture(opened(browser, shop, f"?schedule={stock}&run={failed}"), "run-failed")
    picture(opened(browser, shop, "?page=runs"), "runs")
    picture(opened(browser, shop, f"?schedule={ids['monthly invoices']}&edit=1"), "edit")
    picture(opened(browser, shop, "?page=timeline"), "timeline")
    picture(opened(browser, shop, "?page=health"), "health")
    page = opened(browser, shop, f"?schedule={ids['monthly invoices']}")
    page.get_by_role("button", name="Run now").click()
    page.get_by_role("dialog").wait_for()
    picture(page, "run-now")


def main() -> None:
    """Start the shop, and take the pictures."""
    chromium = os.environ.get("FOOTFALL_TEST_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        sys.exit("There is no Chromium: install Debian's package `chromium`.")
    with running_shop() as shop, sync_playwright() as playwright:
        ids = shop.fill()
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        take(browser, shop, ids)
        browser.close()


if __name__ == "__main__":
    main()
