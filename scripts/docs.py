# ruff: noqa: INP001, T201 - a script, which prints
"""Lays the pages of the site out in build/pages, and has them built into build/site.

    python scripts/docs.py [FOLDER]

The pages are those of docs/ and the documents of the repository's root. Links that lead from one
to the other are rewritten, and files that a page links to come along, so that all of them resolve
in the site as they do in the repository.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
BUILD = ROOT / "build"
OF_THE_ROOT = {
    "README.md": "readme.md",
    "SECURITY.md": "security.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
"""Documents of the repository's root, by what they are called in the site."""
_FENCED = re.compile(r"^(```.*?^```)$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?<=\]\()(?!\w+:|#)([^)\s#]+)")


def sources() -> dict[str, Path]:
    """Give the file of each page, by the page's name in the site."""
    own = {page.name: page for page in sorted(DOCS.glob("*.md"))}
    return own | {name: ROOT / path for path, name in OF_THE_ROOT.items()}


def rewritten(text: str, source: Path) -> tuple[str, dict[str, Path]]:
    """Give a page as the site has it, and the files that it links to, by their place there.

    Raises:
        FileNotFoundError: a link leads to what is no file of the repository.
    """
    files: dict[str, Path] = {}

    def moved(link: re.Match[str]) -> str:
        target = (source.parent / link[1]).resolve()
        if not target.is_file():
            raise FileNotFoundError(f"{source.relative_to(ROOT)} links to {link[1]}: no such file")
        path = target.relative_to(ROOT)
        if path.as_posix() in OF_THE_ROOT:
            return OF_THE_ROOT[path.as_posix()]
        if target.is_relative_to(DOCS):
            place = target.relative_to(DOCS).as_posix()
        else:
            place = f"files/{path.as_posix()}"
        if target.suffix != ".md":
            files[place] = target
        return place

    parts = _FENCED.split(text)
    parts[::2] = [_LINK.sub(moved, part) for part in parts[::2]]
    return "".join(parts), files


def lay_out(folder: Path) -> None:
    """Write all pages, and all files that they link to, into a folder of their own."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, source in sources().items():
        text, files = rewritten(source.read_text(encoding="utf-8"), source)
        (folder / name).write_text(text, encoding="utf-8")
        for place, file in files.items():
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, folder / place)


def problems(build: Path) -> str:
    """Build the site of the pages that are laid out, and give what is wrong with them.

    Args:
        build: the folder that has `pages`, and in which `site` is written.
    """
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    config |= {"docs_dir": str(build / "pages"), "site_dir": str(build / "site")}
    (build / "mkdocs.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    # Not `--quiet`, by which mkdocs does not count warnings either.
    done = subprocess.run(  # noqa: S603
        [Path(sys.executable).parent / "mkdocs", "build", "--strict"],
        cwd=build,
        # That the theme's upkeep ends in 2027 is known (docs/decisions.md); what it prints of it is
        # no warning about these pages.
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    told = done.stdout + done.stderr
    return told if done.returncode or "WARNING" in told else ""


def main(build: Path = BUILD) -> int:
    """Lay the pages out and build them; a warning is an error."""
    lay_out(build / "pages")
    if told := problems(build):
        print(told, file=sys.stderr)
        return 1
    print(f"The site is in {build / 'site'}; serve the folder, or open its index.html.")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
