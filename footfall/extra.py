def bringing(extra: str) -> str:
    """Give the command that installs what is optional; no index has a package of this name."""
    return f"`pip install 'path/to/footfall[{extra}]'`, with the path of its clone or wheel"
