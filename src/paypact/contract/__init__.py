"""Contracts: what an integration needs of its gateway, as Pact files; provider states, verification, drift."""
