"""What people can see: lists and single things, as far as the asker's rights reach."""
