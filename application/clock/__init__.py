"""The work that happens by itself: due steps, digests, the queue, versions that come into force.

May import every wing below lifespan but simulation and demo.
Start with clock_loop.py.
"""
