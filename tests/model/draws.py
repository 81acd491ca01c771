"""What a step of the state machine is drawn from."""

from hypothesis import strategies as st

POLICIES = {
    "overlap": st.sampled_from(["skip", "buffer_all", "allow_all"]),
    "catchup_window": st.sampled_from([60, 3600]),
    "max_runs": st.sampled_from([None, 5, 9]),
    "pause_on_failure": st.sampled_from([None, 2]),
    "priority": st.integers(1, 5),
}
BESIDE = {
    "args": st.sampled_from([{}, {"name": "Ada"}]),
    "tags": st.lists(st.sampled_from(["a", "b"]), max_size=2, unique=True),
    "description": st.sampled_from(["one", "two"]),
    # Longer than any run takes here, so that all of them succeed.
    "timeout": st.integers(100, 102),
}
# None of them fires while a test lasts.
TRIGGERS = st.sampled_from(
    [
        {"trigger": "interval", "weeks": 1},
        {"trigger": "interval", "days": 3, "hours": 1},
        {"trigger": "cron", "cron": "0 0 1 1 *", "timezone": "Europe/Berlin"},
        {"trigger": "cron", "month": 2, "day": "last"},
        {"trigger": "date", "run_date": "2099-12-31T00:00:00"},
    ],
)
CHANGES = st.fixed_dictionaries({}, optional={**BESIDE, **POLICIES})
USERS = st.sampled_from(["alice", "bob"])
APIS = st.sampled_from([0, 1])

RARELY = st.sampled_from([False, False, False, True])
KEYS = st.none() | st.sampled_from(["k", "l"])
REQUESTS = st.fixed_dictionaries(
    {},
    optional={
        "args": st.just({"name": "Grace"}),
        "reason": st.sampled_from(["to see", "to try"]),
    },
)
