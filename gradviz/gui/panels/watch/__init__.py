"""The panel of tensors that are followed from stop to stop. Imports gui/{session,style,widgets} and model/."""
