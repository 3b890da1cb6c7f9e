"""What may be asked of reports; importing it registers every kind."""

from server.features.reports.operations import chase, report, review

__all__ = ["chase", "report", "review"]
