"""The application put together: started, run and stopped.

May import every wing but demo.
Start with housing.py.
"""
