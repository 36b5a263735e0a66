"""Spreadsheets in and out: rows and complaints, never half an import."""
