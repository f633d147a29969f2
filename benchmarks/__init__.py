"""How fast the mock is, beside the app that one would write by hand: `python -m benchmarks`."""
