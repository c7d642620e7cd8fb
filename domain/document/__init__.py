"""The SLA document: one tree of models from which YAML, JSON Schema and GraphQL output are derived."""
