"""What the tests of this checkout need. Not installed: what a user's run needs lives in paypact.plugin."""

from __future__ import annotations

from hypothesis import settings

pytest_plugins = ["pytester"]

# The same commit gives the same verdict, on a loaded machine too, and a run leaves no folder of examples behind.
settings.register_profile("paypact-tests", derandomize=True, deadline=None, database=None)
settings.load_profile("paypact-tests")
