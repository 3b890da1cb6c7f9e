"""The register's spreadsheet: read, compared, taken over, taken back."""
