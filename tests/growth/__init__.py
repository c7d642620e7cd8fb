"""How the product grows: databases of many leads, and what every list costs in them."""
