"""The words of a text, as a shell splits it, each with a NUL behind it: inputs become arguments without being run."""

from __future__ import annotations

import shlex
import sys

sys.stdout.write("".join(f"{word}\0" for word in shlex.split(sys.argv[1])))
