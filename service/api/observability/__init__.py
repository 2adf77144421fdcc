"""What is written down while the service runs: logs, metrics, traces; docs/operations.md describes them."""
