"""What is drawn, as plain data: placements, states, colors, camera. Imports layout/geometry and model."""
