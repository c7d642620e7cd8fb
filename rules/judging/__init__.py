"""The parts of a judgement: rules ready for use, the verdict, stages, nurturing.

May import scoring, contact and what is below them. The judgement itself is rules/judge.py.
Start with compiled_rules.py.
"""
