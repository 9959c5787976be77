"""A bug to find: the second backward raises, since an optimizer has stepped between its forward and itself.

Both losses are computed first. The weights of `critic` are saved for the backward of the second; then the first
optimizer's step writes to them. The cure is to compute the second loss behind that step.
"""

import torch
from torch import nn

torch.manual_seed(0)
encoder, critic = nn.Linear(4, 16), nn.Linear(16, 1)
of_critic = torch.optim.SGD(critic.parameters(), lr=0.1)
of_encoder = torch.optim.SGD(encoder.parameters(), lr=0.1)

for _ in range(20):
    x = torch.randn(8, 4)
    hidden = encoder(x)
    critic_loss = critic(hidden.detach()).square().mean()
    encoder_loss = critic(hidden).tanh().mean()

    of_critic.zero_grad()
    critic_loss.backward()
    of_critic.step()

    of_encoder.zero_grad()
    encoder_loss.backward()
    of_encoder.step()
