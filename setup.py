"""The list of packages, which pyproject.toml cannot say without naming every gateway. All else stands there."""

from __future__ import annotations

from tempfile import TemporaryDirectory

from setuptools import find_namespace_packages, find_packages, setup

shipped = find_namespace_packages(".", include=["suites*", "contracts*", "fixtures*"])

# A build folder in the checkout is reused by the next build, and a file deleted in between would still be shipped.
with TemporaryDirectory() as build_base:
    setup(
        packages=[*find_packages("src"), *(f"paypact.{name}" for name in shipped)],
        options={"build": {"build_base": build_base}},
    )
