"""The commands of `paypact`, one module each: they order a run and print what came of it."""
