"""Ratios, never clocks: each benchmark prints what something costs over a plain alternative in the same run."""
