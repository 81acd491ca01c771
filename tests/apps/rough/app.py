"""A walker that takes anything, so that arguments of any kind get as far as they can."""

from footfall import walker


@walker
def keep(value: object = None) -> object:
    return value
