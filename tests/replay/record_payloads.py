"""Write what payloads look like today, to be read by every later release.

    python tests/replay/record_payloads.py

Those that are there stay as they are. RELEASE counts up where a payload has new fields.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from samples import SAMPLES, as_json

PAYLOADS = Path(__file__).parent / "payloads"
RELEASE = 1

if __name__ == "__main__":
    for name, sample in SAMPLES.items():
        path = PAYLOADS / f"{name}-{RELEASE}.json"
        if not path.exists():
            path.write_text(json.dumps(as_json(sample), indent=1, ensure_ascii=False) + "\n")
