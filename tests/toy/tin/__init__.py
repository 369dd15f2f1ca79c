"""Tin: a made-up gateway of one resource, to show how little a gateway needs. One API version, everything simulated."""
