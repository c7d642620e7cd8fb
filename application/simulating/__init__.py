"""Before signing: what a version would have done with the recorded past [X.3]."""
