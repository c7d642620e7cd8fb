"""Who acts in the demonstration: tools of marketing, and sales; all of them by way of the API."""
