"""Documents of agreements: read from YAML and JSON, checked, shown as templates and for editors.

May import runtime.
Start with check_document.py.
"""
