"""The front door: GraphQL, subscriptions, the command line; translates, decides nothing."""
