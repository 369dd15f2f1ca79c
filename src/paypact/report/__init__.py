"""Renderings of one result model."""
