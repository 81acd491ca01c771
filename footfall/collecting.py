import gc

_NEW_OBJECTS = 20_000
"""How many objects are made before the garbage collector looks at them; Python's default is 700."""


def collect_less() -> None:
    """Have the garbage collector look at new objects only, and at these less often.

    What is loaded stays as long as the process. A run or a request makes some hundred objects,
    none of which outlives it for long.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 10, 100)
