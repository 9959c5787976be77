"""torch's global settings, which a user's file may change, restored before the next target is opened."""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True, slots=True)
class TorchSettings:
    """The settings of the whole process at one moment."""

    dtype: torch.dtype
    device: torch.device
    gradients: bool
    deterministic: bool
    anomalies: bool
    precision: str

    @classmethod
    def remember(cls) -> TorchSettings:
        """Return the present settings."""
        return cls(
            torch.get_default_dtype(),
            torch.get_default_device(),
            torch.is_grad_enabled(),
            torch.are_deterministic_algorithms_enabled(),
            torch.is_anomaly_enabled(),
            torch.get_float32_matmul_precision(),
        )

    def restore(self) -> None:
        """Restore what differs."""
        now = TorchSettings.remember()
        if now.dtype != self.dtype:
            torch.set_default_dtype(self.dtype)
        if now.device != self.device:
            torch.set_default_device(None if self.device.type == "cpu" else self.device)
        if now.gradients != self.gradients:
            torch.set_grad_enabled(self.gradients)
        if now.deterministic != self.deterministic:
            torch.use_deterministic_algorithms(self.deterministic)
        if now.anomalies != self.anomalies:
            torch.autograd.set_detect_anomaly(self.anomalies)
        if now.precision != self.precision:
            torch.set_float32_matmul_precision(self.precision)
