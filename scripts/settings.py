# ruff: noqa: INP001 - a script
"""Writes the table of docs/configuration.md from the settings; a test holds the page against it.

python scripts/settings.py
"""

from pathlib import Path

from footfall.config import settings_table

PAGE = Path(__file__).parent.parent / "docs" / "configuration.md"
BEGIN, END = "<!-- settings table: begin -->\n", "<!-- settings table: end -->"

if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}{settings_table()}{END}{after}", encoding="utf-8")
