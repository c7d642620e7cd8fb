"""Differences between two documents as sentences.

May import explaining, contact and what is below them.
Start with change_sentences.py.
"""
