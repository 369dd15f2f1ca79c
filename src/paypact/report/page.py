"""A page of labelled fields: wrapped to the width, without a trailing blank, so that it can be copied."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

LABEL = 14  # columns of a label and the gap behind it
LEAST = 40  # columns that a value gets however narrow the terminal is


class Page:
    """Prints to a console, line by line, at `indent` columns from the left."""

    def __init__(self, console: Console, indent: int = 1) -> None:
        self.console = console
        self.indent = indent

    def blank(self) -> None:
        self.console.print()

    def line(self, text: Text, *, prefix: str = "") -> None:
        """A paragraph; further lines begin below the first one's text, after `prefix`."""
        margin = " " * self.indent
        room = max(LEAST, self.console.width - self.indent - len(prefix))
        lead = Text().append(f"{margin}{prefix}", "dim")
        for piece in text.split("\n", allow_blank=False) or [text]:
            for wrapped in piece.wrap(self.console, room, overflow="fold"):
                wrapped.rstrip()
                self.whole(lead + wrapped)
                lead = Text(f"{margin}{' ' * len(prefix)}")

    def field(self, label: str, value: Text) -> None:
        """A labelled paragraph."""
        self.line(value, prefix=f"{label:<{LABEL}}")

    def item(self, label: str, number: str, value: Text, *, width: int) -> None:
        """A numbered paragraph of a labelled list, its numbers `width` wide."""
        self.line(value, prefix=f"{label:<{LABEL}}{number:>{width}}  ")

    def copied(self, label: str, value: Text) -> None:
        """A labelled text that is meant to be copied: never wrapped."""
        self.whole(Text().append(f"{' ' * self.indent}{label:<{LABEL}}", "dim") + value)

    def whole(self, text: Text) -> None:
        """A line exactly as it is."""
        self.console.print(text, soft_wrap=True)
