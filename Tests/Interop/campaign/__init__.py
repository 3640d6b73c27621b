"""The fault campaign: one harness, and a module for each family of faults (docs/faults.md)."""
