"""Parquet files in which many columns hold the same values."""
