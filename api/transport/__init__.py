"""How operations come in and answers go out: HTTP, WebSocket, SSE, limits.

May import graphql and the base files of api.
Start with app.py, then request_pipeline.py.
"""
