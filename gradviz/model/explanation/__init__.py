"""Sentences that explain a stop: what just happened, and why this point is next. Imports model/{derivative,graph,stepping}."""
