"""Tests of the panel of a race and its dialog."""
