"""The promises, one module each. Collected by pytest, imported by nothing; no gateway is named here."""
