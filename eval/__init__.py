"""Measure retrieval and answers: data sets, benchmarks."""
