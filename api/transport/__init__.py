"""The ways in for operations and out for answers: HTTP, WebSocket, SSE, limits.

May import graphql and the base files of api.
Start with app.py, then request_pipeline.py.
"""
