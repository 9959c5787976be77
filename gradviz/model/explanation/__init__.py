"""Sentences that explain a stop: what has just happened, and why this point is next. Imports its siblings of model."""
