"""First aid in an incident: from a stack trace or a fingerprint to the case, its owner, and evidence for the vendor."""
