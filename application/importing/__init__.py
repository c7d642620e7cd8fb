"""Taking leads from files: what a mapping says, how a row becomes a lead, and how the past is written down."""
