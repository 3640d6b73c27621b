"""Requests that must be refused, class by class: each row has its source and the exact status, code and reason."""
