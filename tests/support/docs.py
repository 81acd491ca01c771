"""scripts/docs.py, which is a script, as a module."""

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "docs.py"
_spec = importlib.util.spec_from_file_location("footfall_docs", SCRIPT)
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

OF_THE_ROOT: dict[str, str] = _module.OF_THE_ROOT
sources = _module.sources
rewritten = _module.rewritten
problems = _module.problems
