"""The words and the laws: document, versions, lead, handover, obligation, business time; pure, no I/O, no clock."""
