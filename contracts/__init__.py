"""The published Pact files of the bundled integrations, one folder a gateway: written by a run, imported by nothing."""
