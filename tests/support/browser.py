"""A headless Chromium of this machine, which looks at the board."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
RESOURCE = "Failed to load resource"
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 60_000


def chromium() -> str | None:
    """Give the browser that the variable names, or else the machine's; None without one."""
    named = os.environ.get("FOOTFALL_TEST_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def chromium_or_skip() -> str:
    """Give the browser. Where there is none a test is skipped, and says so."""
    found = chromium()
    if found is None:
        message = (
            "there is no Chromium: install Debian's package `chromium`, or name one by "
            "FOOTFALL_TEST_CHROMIUM"
        )
        pytest.skip(message)
    return found


@asynccontextmanager
async def running_browser(executable: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        # Its sandbox needs rights that a container does not have; it sees our own pages only.
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
        expect.set_options(timeout=PATIENCE_MS)
        browser = await playwright.chromium.launch(
            executable_path=executable, args=arguments, timeout=PATIENCE_MS
        )
        try:
            yield browser
        finally:
            await browser.close()


class Board:
    """The board in a tab of its own, and what the browser complains of."""

    def __init__(self, page: Page, url: str, token: str) -> None:
        self.page = page
        self.url = url
        self.token = token
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    async def open(self, query: str = "") -> Page:
        """Open a page of the board, signed in."""
        await self.page.goto(f"{self.url}/{query}#token={self.token}")
        return self.page

    def expect_refusals(self) -> None:
        """Leave out that the browser says so where the API refuses something."""
        self.complaints = [one for one in self.complaints if not one.startswith(RESOURCE)]


@asynccontextmanager
async def opened_board(
    browser: Browser, url: str, token: str, **options: Any
) -> AsyncIterator[Board]:
    """Give a board in a fresh context, about which nothing may be complained of."""
    context = await browser.new_context(**{"viewport": WIDE, "locale": "en-GB", **options})
    board = Board(await context.new_page(), url, token)
    try:
        yield board
        assert board.complaints == []
        assert [one for one in board.asked if not one.startswith(url)] == []
    finally:
        await context.close()
