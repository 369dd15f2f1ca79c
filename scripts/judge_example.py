"""Run a public integration of examples/, and compare: `python scripts/judge_example.py NAME`.

Exit code 0 where the same promises are broken as when docs/examples.md was written, 1 where others are: then the
package or paypact has changed, and the page has to be written anew.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
BROKEN = {
    "django_oscar_stripe_sca": {"answers", "customers", "exactly-once", "money", "tolerance"},
    "dj_stripe": {"webhooks"},
    "swarmauri_billing_stripe": {
        *("answers", "card-types", "concurrency", "customers", "exactly-once", "expiry", "money", "tolerance"),
    },
}


def main(name: str) -> int:
    """Run the driver and compare."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "run.json"
        command = [sys.executable, "-m", "paypact", "run", f"examples/{name}.py", "--profile", "quick"]
        subprocess.run([*command, "--json", str(result)], cwd=ROOT, check=False)  # noqa: S603 - our own command
        cells = json.loads(result.read_text("utf-8"))["cells"]
    found = {cell["promise"] for cell in cells if cell["state"] == "broken"}
    expected = BROKEN[name]
    if found == expected:
        return 0
    sys.stdout.write(f"{name}: broken are {sorted(found)}, and were {sorted(expected)}: see docs/examples.md\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
