from collections.abc import Callable
from pathlib import Path

import pytest

from footfall.errors import AppError
from footfall.walkers.call import WalkerCall
from footfall.walkers.catalogue import Catalogue
from footfall.walkers.hosts import Hosts

MakeCall = Callable[..., WalkerCall]
MakeApp = Callable[[dict[str, str]], Path]

FINE = 'walker fine {\n    can go with Root entry {\n        print("fine");\n    }\n}\n'


async def start(app: Path) -> Catalogue:
    hosts = Hosts(app, name="broken", processes=1, state_dir=app.parent / "state")
    try:
        return await hosts.start()
    finally:
        await hosts.close()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"main.jac": FINE + "\nwalker bad {\n    can go with Root entry {\n        x = = 1;\n"},
            ["main.jac, line 9, in bad:", "Unexpected token in expression: '='"],
        ),
        (
            {"main.jac": "import other;\n" + FINE, "other.jac": "walker {\n"},
            ["other.jac, line 1"],
        ),
        (
            {"main.jac": "import from nosuch { thing }\n" + FINE},
            ["main.jac, line 1:", "ModuleNotFoundError: No module named 'nosuch'"],
        ),
        (
            {"main.jac": "import from os { nosuch }\n" + FINE},
            ["main.jac, line 1:", "cannot import name 'nosuch' from 'os'"],
        ),
        (
            {"app.py": "def broken(:\n    pass\n"},
            ["app.py, line 1", "SyntaxError: invalid syntax"],
        ),
        (
            {"app.py": "import nosuch\n"},
            ["app.py, line 1", "ModuleNotFoundError: No module named 'nosuch'"],
        ),
        (
            {"app.py": "from footfall import walker\n\n@walker\nclass Idle:\n    x: int = 1\n"},
            ["app.py, line 3, in Idle:", "walker Idle needs a method run(self)"],
        ),
        (
            {
                "app.py": "from footfall import restspec\n\n"
                "@restspec(schedul={'trigger': 'interval'})\ndef job():\n    pass\n"
            },
            ["app.py, line 3, in job:", "unexpected keyword argument 'schedul'"],
        ),
        (
            {"main.jac": "import other;\n" + FINE, "other.jac": FINE},
            ["two walkers are called fine", "main.jac, line 2", "other.jac, line 1"],
        ),
        ({"main.txt": ""}, ["holds no .jac and no .py file"]),
        ({"jac.toml": "[project]\nentry-point = 'no.jac'\n"}, ["jac.toml", "no.jac"]),
        ({"jac.toml": "[project\n"}, ["jac.toml", "line 1"]),
        ({"json.py": "x = 1\n"}, ["json.py", "exists already", "rename"]),
        ({"app.py": "raise SystemExit('no licence')\n"}, ["app.py, line 1", "no licence"]),
    ],
)
async def test_broken_app_says_where_and_why(
    app: MakeApp, files: dict[str, str], said: list[str]
) -> None:
    with pytest.raises(AppError) as caught:
        await start(app(files))
    for part in said:
        assert part in caught.value.message


async def test_missing_app(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="no such file or folder"):
        await start(tmp_path / "nothing")


async def test_bad_static_schedule_is_a_problem_and_the_walker_stays(
    rogue: Hosts, call: MakeCall
) -> None:
    problems = {problem.walker: problem for problem in rogue.catalogue.problems}
    assert set(problems) == {"badly_scheduled", "not_json"}
    bad = rogue.catalogue.find("badly_scheduled")
    assert bad is not None
    assert bad.schedule is None
    problem = problems["badly_scheduled"]
    assert (problem.file, problem.line) == ("app.py", bad.line)
    assert problem.message == "schedule must be a dict, not list"
    assert "run_date must be a JSON value, not datetime" in problems["not_json"].message
    assert (await rogue.run(call("badly_scheduled"))).stdout == "I work all the same\n"


async def test_bad_static_schedule_in_jac(app: MakeApp) -> None:
    text = (
        "import from server { restspec }\n\n@restspec(schedule='hourly')\n"
        + FINE
        + "\n@schedule(interval=5, cron='* * * * *')\n"
        + FINE.replace("fine", "torn")
    )
    catalogue = await start(app({"main.jac": text}))
    assert [walker.schedule for walker in catalogue.walkers] == [None, None]
    assert [(p.walker, p.file, p.line) for p in catalogue.problems] == [
        ("fine", "main.jac", 4),
        ("torn", "main.jac", 11),
    ]


@pytest.mark.parametrize(
    ("files", "walkers"),
    [
        ({"main.jac": FINE, "other.jac": FINE.replace("fine", "unused")}, ["fine"]),
        ({"a.jac": FINE, "b.jac": FINE.replace("fine", "also")}, ["fine", "also"]),
        (
            {
                "jac.toml": "[project]\nname = 'x'\nentry-point = 'src/it.jac'\n",
                "src/it.jac": "import near;\n" + FINE,
                "src/near.jac": FINE.replace("fine", "near"),
            },
            ["fine", "near"],
        ),
        (
            {
                "a.jac": "import b;\n" + FINE,
                "b.py": "from footfall import walker\n@walker\ndef snake(): ...\n",
            },
            ["fine", "snake"],
        ),
        (
            {"main.jac": "import server;\n" + FINE, "server.jac": FINE.replace("fine", "own")},
            ["fine", "own"],
        ),
    ],
)
async def test_what_of_a_folder_is_loaded(
    app: MakeApp, files: dict[str, str], walkers: list[str]
) -> None:
    catalogue = await start(app(files))
    assert [walker.name for walker in catalogue.walkers] == walkers
