"""Prove where an error of autograd's comes from: `proof` is the door. Imports engine/{capture,frames,gate,graph}."""
