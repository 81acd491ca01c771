from typing import Annotated

import typer

from footfall.cli.known_names import schedule_names

Every = Annotated[
    str | None,
    typer.Option("--every", metavar="DURATION", help="Interval: 30m, 1h30m, 1d."),
]
Cron = Annotated[
    str | None,
    typer.Option("--cron", metavar="EXPR", help="crontab(5): '0 9 * * 1-5'."),
]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="INSTANT", help="Once: 2027-01-01T09:00:00."),
]
After = Annotated[
    str | None,
    typer.Option(
        "--after",
        metavar="SCHEDULE",
        help="When a run of this one ends.",
        autocompletion=schedule_names,
    ),
]
On = Annotated[
    list[str] | None,
    typer.Option(
        "--on",
        metavar="STATUS",
        help="With --after: how that run has to end; repeat it.  [default: succeeded]",
    ),
]
Timezone = Annotated[
    str | None,
    typer.Option("--timezone", metavar="NAME", help="IANA name.  [default: UTC]"),
]
Arg = Annotated[
    list[str] | None,
    typer.Option(
        "--arg", metavar="NAME=VALUE", help="A field of the walker: JSON, else text; repeat it."
    ),
]
Args = Annotated[
    str | None,
    typer.Option("--args", metavar="JSON", help="All fields of the walker."),
]
Description = Annotated[
    str | None,
    typer.Option("--description", metavar="TEXT", help="What it is for."),
]
Tag = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="TAG", help="A tag; repeat it."),
]
Timeout = Annotated[
    str | None,
    typer.Option("--timeout", metavar="DURATION", help="What a run may take: 90s, 10m."),
]
Overlap = Annotated[
    str | None,
    typer.Option(
        "--overlap",
        metavar="POLICY",
        help="Of runs that are due while another one is under way: skip, buffer_one, "
        "buffer_all, allow_all, cancel_other or terminate_other.",
    ),
]
Catchup = Annotated[
    str | None,
    typer.Option(
        "--catchup-window", metavar="DURATION", help="How late a missed run may still start."
    ),
]
Attempts = Annotated[
    int | None,
    typer.Option("--attempts", metavar="N", help="Starts of a failing walker in one run."),
]
MaxRuns = Annotated[
    int | None,
    typer.Option("--max-runs", metavar="N", help="How often it runs in all."),
]
PauseOnFailure = Annotated[
    int | None,
    typer.Option("--pause-on-failure", metavar="N", help="Failures in a row that pause it."),
]
Execution = Annotated[
    str | None,
    typer.Option("--execution", metavar="durable|light", help="light: cheaper, for short walkers."),
]
Priority = Annotated[
    int | None,
    typer.Option("--priority", metavar="N", help="1 (first) to 5 (last)."),
]
LateAfter = Annotated[
    str | None,
    typer.Option("--late-after", metavar="DURATION", help="From when on a run is told to be late."),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help="Any other field of the API: JSON, else text; repeat it.",
    ),
]
