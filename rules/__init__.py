"""How a clause is judged: conditions, scoring, routing, the one door to durable_rules."""
