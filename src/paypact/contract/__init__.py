"""Contracts: what an integration needs of its gateway, as Pact files; provider states, verification, stubs, drift."""
