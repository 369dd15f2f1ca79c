"""The published Pact files of the bundled integrations, one folder a gateway. Written by a run, read through importlib.resources."""
