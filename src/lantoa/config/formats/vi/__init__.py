"""Number and date formats by language."""
