"""Windows that ask one question and go away."""
