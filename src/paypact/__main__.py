"""`python -m paypact`."""

from __future__ import annotations

from paypact.cli import main

main()
