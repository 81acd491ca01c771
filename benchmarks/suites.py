from bursts import burst_scenarios
from cold_start import cold_start_scenarios
from every_second import every_second_scenarios
from flags import flag_scenarios
from idle import idle_scenarios
from jac_jobs import jac_job_scenarios
from lists import list_scenarios
from many_schedules import many_schedule_scenarios
from next_times import next_times_scenarios
from previews import preview_scenarios
from recording import recording_scenarios
from run_history import run_history_scenarios
from scenario import Suite
from sustained import sustained_scenarios
from writes import write_scenarios

SUITES = (
    Suite("next-times", "CPU of next times, against APScheduler's triggers", next_times_scenarios),
    Suite("previews", "CPU of a preview of 1,000 times", preview_scenarios),
    Suite("lists", "pages of many schedules, against those of 1,000", list_scenarios),
    Suite("run-history", "pages of many runs, against those of 1,000", run_history_scenarios),
    Suite("writes", "create, update, pause and delete, against the plain SDK", write_scenarios),
    Suite("jac-jobs", "create and list, against jac-scale", jac_job_scenarios),
    Suite("idle", "lateness of one schedule, against a raw one", idle_scenarios),
    Suite(
        "bursts",
        "lateness of many that are due in one second, against raw ones and Celery beat",
        burst_scenarios,
        is_quick=False,
    ),
    Suite("sustained", "runs per second and their cost, against stock", sustained_scenarios),
    Suite(
        "flags",
        "the embedded server's flags, each against none",
        flag_scenarios,
        is_quick=False,
    ),
    Suite(
        "many-schedules",
        "a page and a rebuild, against Temporal's list",
        many_schedule_scenarios,
    ),
    Suite(
        "every-second",
        "many schedules that run every second, against jac-scale",
        every_second_scenarios,
        is_quick=False,
    ),
    Suite("cold-start", "from the command to the first run", cold_start_scenarios),
    Suite(
        "recording",
        "what it costs to record a change",
        recording_scenarios,
        is_quick=False,
    ),
)
