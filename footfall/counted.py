def counted(count: int, noun: str) -> str:
    """Give a number with what it counts: `1 run`, `2 runs`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
