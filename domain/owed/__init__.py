"""Everything owed, as data: the kinds of obligations, and what follows from the facts about each."""
