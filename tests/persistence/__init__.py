"""What the filing cabinet promises."""
