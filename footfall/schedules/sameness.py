from typing import Any


def same(old: Any, new: Any) -> bool:
    """Say whether two values are the same as JSON; to Python 1, 1.0 and True are equal.

    To a walker they are not, nor to who looks at them. The order of keys does not matter, and
    a tuple is a list.
    """
    old, new = (list(one) if isinstance(one, tuple) else one for one in (old, new))
    if type(old) is not type(new):
        return False
    if isinstance(old, dict):
        return old.keys() == new.keys() and all(same(old[name], new[name]) for name in old)
    if isinstance(old, list):
        return len(old) == len(new) and all(map(same, old, new))
    return bool(old == new)
