"""Step through forward, backward and update. Imports engine/{capture,frames,gate,graph,loading,measuring,tensors}."""
