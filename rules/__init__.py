"""The judging of clauses: conditions, scoring, routing, the one door to durable_rules."""
