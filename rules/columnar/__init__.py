"""The same judgements over tables of many leads; relations.py is the only file that imports Ibis.

May import judging and what is below it.
Start with plan.py.
"""
