"""What `baton demo` shows: a setting, and companies and people that do not exist."""
