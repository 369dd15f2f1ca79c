"""Zinc, a toy gateway like Tin that takes card numbers, decimal amounts, merchant accounts and the shopper's data."""
