"""The gate: what a change of the map means, judged by rules, before it is merged."""
