"""Decisions in words: reasons, traces, conditions as sentences.

May import judge, judging and what is below them.
Start with explain.py.
"""
