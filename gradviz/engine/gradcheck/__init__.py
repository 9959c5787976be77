"""Check the derivative of a node on copies of its inputs. Imports engine/loading and engine/torch_compat."""
