"""How fast Baton is beside its peers: each row of `make bench` is a small module that measures one work."""
