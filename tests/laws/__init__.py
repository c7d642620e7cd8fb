"""The property laws of the pure rooms, and the comparisons of the forms; sized by BATON_TEST_EXAMPLES."""
